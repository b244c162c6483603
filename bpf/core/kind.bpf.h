/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Numbers of socket kinds, as the compiler of policies has them: the port of a `create`. */
#pragma once

enum kind {
	KIND_RAW = 0,
	KIND_PING = 1,
	KIND_UDPLITE = 2,
	KIND_SCTP = 3,
	KIND_DCCP = 4,
	KIND_L2TP = 5,
	KIND_MPTCP = 6,
	KIND_PACKET = 7,
	KIND_XDP = 8,
	KIND_VSOCK = 9,
	KIND_TUN = 10,
	KIND_OTHER = 11,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ids that people type: short, in lower case, without letters that look like digits (Crockford's
 * base 32).
 */
#include "events/record.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

enum { SALT_LENGTH = sizeof(((struct event_ids *)NULL)->salt) - 1, BITS = 5, ID_DIGITS_MAX = 11 };

void event_ids_start(struct event_ids *ids)
{
	unsigned char random[SALT_LENGTH] = { 0 };

	/* Without random numbers ids of two runs may meet: they are names, not secrets. */
	(void)!getrandom(random, sizeof(random), GRND_NONBLOCK);
	for (size_t i = 0; i < SALT_LENGTH; i++)
		ids->salt[i] = digits[random[i] % 32];
	ids->salt[SALT_LENGTH] = '\0';
}

void event_id(const struct event_ids *ids, uint64_t number, char ret[EVENT_ID_SIZE])
{
	char reversed[16];
	size_t n = 0;

	do {
		reversed[n] = digits[number >> (BITS * n) & 31];
		n++;
	} while (n < ID_DIGITS_MAX && number >> (BITS * n));
	memcpy(ret, ids->salt, SALT_LENGTH);
	for (size_t i = 0; i < n; i++)
		ret[SALT_LENGTH + i] = reversed[n - 1 - i];
	ret[SALT_LENGTH + n] = '\0';
}

int event_id_parse(const struct event_ids *ids, const char *id, uint64_t *ret)
{
	size_t len = strlen(id);
	uint64_t number = 0;

	/*
	 * Eleven digits are 55 bits: at a million decisions a second that lasts a thousand years.
	 */
	if (len <= SALT_LENGTH || len > SALT_LENGTH + ID_DIGITS_MAX ||
	    memcmp(id, ids->salt, SALT_LENGTH) != 0)
		return -EINVAL;
	for (size_t i = SALT_LENGTH; i < len; i++) {
		const char *at = strchr(digits, id[i]);

		if (!at)
			return -EINVAL;
		number = number << BITS | (uint64_t)(at - digits);
	}
	*ret = number;
	return 0;
}

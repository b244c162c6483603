# SPDX-License-Identifier: BSD-2-Clause
#
# The only build file. Everything it makes is under build/ (or O=DIR). `make help` lists the targets.
#
#   V=1              show the commands
#   SAN=1            AddressSanitizer and UndefinedBehaviourSanitizer, in build/san
#   COV=1            counts which lines run, in build/cov (gcc)
#   CC=clang         any other compiler, in build/clang
#   VMLINUX_BTF=F    types of another kernel than the running one
#   O=DIR            another build directory

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

comma := ,
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
AR := ar
PKG_CONFIG ?= pkg-config
BPFTOOL ?= $(or $(shell command -v bpftool 2>/dev/null),/usr/sbin/bpftool)
VMLINUX_BTF ?= /sys/kernel/btf/vmlinux
PREFIX ?= /usr/local

# eBPF objects are the same for every compiler and sanitizer of user space, so they stay in $(O).
O ?= build
B := $(O)$(if $(SAN),/san)$(if $(COV),/cov)$(if $(FUZZ),/fuzz)$(if $(filter-out gcc cc,$(CC)),/$(notdir $(CC)))
GEN := $(O)/gen
BPF := $(O)/bpf

comma := ,

ifeq ($(V),1)
Q :=
say := @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

# --- what there is -----------------------------------------------------------------------------

sources := $(wildcard userspace/*/*.c userspace/*/*/*.c)
daemon_src := $(filter userspace/daemon/%,$(sources))
cli_src := $(filter userspace/cli/%,$(sources))
lib_src := $(filter-out $(daemon_src) $(cli_src),$(sources))
harness_src := $(wildcard tests/harness/*.c)
unit_src := $(wildcard tests/unit/*/*.c)
kernel_src := $(filter-out %.bpf.c,$(wildcard tests/kernel/*.c))
bench_src := $(wildcard tests/bench/*.c)
compare_src := $(filter-out %.bpf.c,$(wildcard tests/bench/compare/*.c))
oracle_src := $(wildcard tests/oracle/*.c)
fuzz_src := $(wildcard tests/fuzz/*.c)
fuzz_rig := $(filter-out $(if $(FUZZ),%/replay.c),$(wildcard tests/fuzz/rig/*.c))
bpf_src := $(wildcard bpf/*.bpf.c)
tool_src := $(wildcard tools/*.c)
evasion_src := $(filter-out %/preload.c,$(wildcard tests/e2e/evasion/*.c))
test_bpf_src := $(wildcard tests/kernel/*.bpf.c tests/bench/compare/*.bpf.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
lib := $(B)/libpostern.a
harness := $(if $(harness_src),$(B)/libharness.a)
unit_bin := $(patsubst tests/%.c,$(B)/tests/%,$(unit_src))
kernel_bin := $(patsubst tests/%.c,$(B)/tests/%,$(kernel_src))
bench_bin := $(patsubst tests/%.c,$(B)/tests/%,$(bench_src))
compare_bin := $(B)/tests/bench/compare/compare
oracle_bin := $(patsubst tests/%.c,$(B)/tests/%,$(oracle_src))
fuzz_bin := $(patsubst tests/%.c,$(B)/tests/%,$(fuzz_src))
tool_bin := $(patsubst tools/%.c,$(B)/tools/%,$(tool_src))
transparency_src := $(wildcard tests/e2e/transparency/*.c)
hostile_src := $(wildcard tests/e2e/hostile/*.c)
e2e_bin := $(B)/tests/e2e/token $(B)/tests/e2e/hostile $(B)/tests/e2e/evasion $(B)/tests/e2e/transparency $(B)/tests/e2e/preload.so \
	$(B)/tests/e2e/posternd-hostile $(B)/tests/e2e/killat $(B)/tests/e2e/descriptors \
	$(B)/tests/e2e/lingering
bpf_obj := $(patsubst bpf/%.c,$(BPF)/parts/%.o,$(bpf_src))
skeleton := $(if $(bpf_src),$(GEN)/postern.skel.h)
test_skeletons := $(patsubst %.bpf.c,$(GEN)/%.skel.h,$(notdir $(test_bpf_src)))
binaries := $(if $(cli_src),$(B)/postern) $(if $(daemon_src),$(B)/posternd)

rules_tests := $(sort $(wildcard tests/rules/*.sh))
abi_tests := $(sort $(wildcard tests/abi/*.sh))
golden_tests := $(sort $(wildcard tests/golden/run tests/golden/*/run))
kernel_tests = $(kernel_bin) $(sort $(wildcard tests/kernel/*.sh))
install_tests := $(sort $(wildcard tests/install/*.sh))
e2e_tests := $(sort $(wildcard tests/e2e/*.sh))
vm_tests := $(wildcard tests/vm/smoke.sh)
oracle_tests := $(wildcard tests/oracle/brief.sh)
# What shares nothing with the others, and the stories that wait more than they work.
beside := $(B)/tests/kernel/engines tests/e2e/confirm.sh tests/e2e/posture.sh
bench_tests := $(compare_bin) $(bench_bin) $(sort $(wildcard tests/bench/*.sh))

# --- flags -------------------------------------------------------------------------------------

packages := libbpf libelf zlib libcrypto jansson libevent_core libnl-3.0 libcap-ng libseccomp
# Asked once and only when a recipe needs it: `make check` installs the packages first.
once = $(eval $(1) := $(2))$($(1))
no_package = $(error a library is missing: run tools/install-deps as root ($(PKG_CONFIG) $(1)))
ask = $(or $(shell $(PKG_CONFIG) $(1) && echo ' '),$(call no_package,$(1)))
pkg_cflags = $(call once,pkg_cflags,$(call ask,--cflags $(packages)))
pkg_libs = $(call once,pkg_libs,$(call ask,--libs $(packages)))
cmocka_libs = $(call once,cmocka_libs,$(call ask,--libs cmocka))

warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Werror
hardening := -fPIE -fstack-protector-strong
ifdef SAN
sanitize := -fsanitize=address,undefined
optimise := -O1 -fno-omit-frame-pointer $(sanitize)$(if $(FUZZ), -fsanitize=fuzzer-no-link) -fno-sanitize-recover=all
else ifdef COV
# Lines stay what they are in the source; children that are ended are counted, too.
sanitize := --coverage
optimise := -O0 $(sanitize) -fprofile-update=atomic
else
optimise := -O2
hardening += -D_FORTIFY_SOURCE=2
endif

cflags = -std=gnu11 -D_GNU_SOURCE -g $(optimise) $(warnings) $(hardening) \
	-Iuserspace -Iinclude -I$(GEN) $(pkg_cflags) $(CFLAGS)
ldflags = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(sanitize) $(LDFLAGS)
bpf_cflags := -g -O2 -target bpf -D__TARGET_ARCH_x86 -mcpu=v3 -Wall -Werror -Ibpf -Iinclude -I$(GEN)
depend = -MMD -MP -MF $(@:.o=.d)

# Files that hold the present settings: where they differ from the last make's, what depends on them
# is made anew. Looked at while reading, not in a recipe, so that `make -n` tells the truth.
settings := $(strip $(CC) $(optimise) $(warnings) $(hardening) $(CFLAGS) $(LDFLAGS))
members := $(strip $(sources) $(harness_src))
bpf_settings := $(strip $(CLANG) $(bpf_cflags) $(bpf_src))
remember = $(Q)mkdir -p $(@D) && printf '%s\n' '$(1)' > $@
stale = $(if $(subst x$(strip $(file <$(1))),,x$(2)),$(1))

.PHONY: $(call stale,$(B)/settings,$(settings)) $(call stale,$(B)/members,$(members)) \
	$(call stale,$(BPF)/settings,$(bpf_settings))
$(B)/settings:
	$(call remember,$(settings))
$(B)/members:
	$(call remember,$(members))
$(BPF)/settings:
	$(call remember,$(bpf_settings))

# --- products ----------------------------------------------------------------------------------

.PHONY: all
all: $(binaries) ## the two programs, build/postern and build/posternd (default)

$(B)/postern: $(call obj,$(cli_src)) $(lib)
$(B)/posternd: $(call obj,$(daemon_src)) $(lib)
$(B)/postern $(B)/posternd:
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $(filter %.o %.a,$^) $(pkg_libs)

# Made from nothing each time: `ar r` would keep the members of deleted files.
$(lib): $(call obj,$(lib_src))
$(B)/libharness.a: $(call obj,$(harness_src))
$(lib) $(B)/libharness.a: $(B)/members
	$(say) AR $@
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcsD $@ $(filter %.o,$^)

$(B)/obj/%.o: %.c $(B)/settings
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(extra_cflags) $(depend) -c -o $@ $<

$(B)/obj/tests/%.o: extra_cflags = -Itests/harness

# The assembler puts this file into the object, which the compiler's list of headers does not show.
$(call obj,userspace/wire/description.c): userspace/wire/org.postern.Controller.varlink

# Only loader/ and the kernel tests may include skeletons; after the first build the .d files know.
$(call obj,$(filter userspace/loader/%,$(lib_src))): | $(skeleton)
$(call obj,$(kernel_src) $(bench_src) $(compare_src)): | $(skeleton) $(test_skeletons)

# posternd's own files are not in the library: tests of them take all but its main().
daemon_unit_bin := $(filter $(B)/tests/unit/daemon/%,$(unit_bin))
$(daemon_unit_bin): $(B)/tests/%: $(B)/obj/tests/%.o $(call obj,$(filter-out %/main.c,$(daemon_src))) $(harness) $(lib)
$(filter-out $(daemon_unit_bin),$(unit_bin)) $(kernel_bin) $(bench_bin) $(oracle_bin): $(B)/tests/%: $(B)/obj/tests/%.o $(harness) $(lib)
$(unit_bin) $(kernel_bin) $(bench_bin) $(oracle_bin):
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(cmocka_libs) $(pkg_libs)

$(compare_bin): $(call obj,$(compare_src)) $(harness) $(lib)
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(cmocka_libs) $(pkg_libs)

# Its allocations are its own to refuse.
$(B)/tests/unit/compile/starved: ldflags += \
	$(addprefix -Wl$(comma)--wrap=,malloc calloc realloc reallocarray strdup strndup)

# A target with libFuzzer's main (FUZZ), or with one that replays its corpus.
$(call obj,$(fuzz_src) $(fuzz_rig)): extra_cflags = -Itests/harness -Itests/fuzz
$(fuzz_bin): $(B)/tests/%: $(B)/obj/tests/%.o $(call obj,$(fuzz_rig) userspace/daemon/config.c) $(lib)
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) $(if $(FUZZ),-fsanitize=fuzzer) -o $@ $^ $(pkg_libs)

# Small programs that stories and the demo use; they know nothing of Postern.
$(tool_bin): $(B)/tools/%: $(B)/obj/tools/%.o
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^

# What stories run in place of attackers: see tests/e2e/evasion.sh. preload.so is brought into a program.
$(B)/tests/e2e/evasion: $(call obj,$(evasion_src))
$(B)/tests/e2e/transparency: $(call obj,$(transparency_src))
$(B)/tests/e2e/evasion $(B)/tests/e2e/transparency:
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^
# A token in software, for logins.
$(B)/tests/e2e/token: $(B)/obj/tests/e2e/token.o $(harness) $(lib)
# Files that nobody must take.
$(call obj,$(hostile_src)): extra_cflags = -Itests/harness -Itests/e2e
$(B)/tests/e2e/hostile: $(call obj,$(hostile_src)) $(harness) $(lib)
# Descriptors that no controller must keep.
$(B)/tests/e2e/descriptors: $(B)/obj/tests/e2e/descriptors.o $(harness) $(lib)
$(B)/tests/e2e/lingering: $(B)/obj/tests/e2e/lingering.o $(harness) $(lib)
$(B)/tests/e2e/token $(B)/tests/e2e/hostile $(B)/tests/e2e/descriptors $(B)/tests/e2e/lingering:
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(cmocka_libs) $(pkg_libs)
# Ends a program at one of its calls: see tests/e2e/faults.sh.
$(B)/tests/e2e/killat: $(B)/obj/tests/e2e/killat.o
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^
# posternd, linked so that its worker does what the name of a bundle says: see tests/e2e/hostile_worker.c.
hostile_wraps := bundle_parse_next image_compile_next worker_time_most
$(B)/tests/e2e/posternd-hostile: $(call obj,$(daemon_src) tests/e2e/hostile_worker.c) $(harness) $(lib)
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) $(patsubst %,-Wl$(comma)--wrap=%,$(hostile_wraps)) -o $@ $^ $(cmocka_libs) $(pkg_libs)
$(B)/tests/e2e/preload.so: tests/e2e/evasion/preload.c $(B)/settings
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -fPIE,$(cflags)) -fPIC -shared -o $@ $<

# --- eBPF --------------------------------------------------------------------------------------

$(GEN)/vmlinux.h: $(VMLINUX_BTF)
	$(say) BTF $@
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) btf dump file $< format c > $@

$(BPF)/parts/%.o: bpf/%.c $(BPF)/settings | $(GEN)/vmlinux.h
	$(say) BPF $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(bpf_cflags) $(depend) -c -o $@ $<

$(BPF)/postern.bpf.o: $(bpf_obj)
	$(say) BPFLD $@
	$(Q)$(BPFTOOL) gen object $@ $(bpf_obj)

$(GEN)/postern.skel.h: $(BPF)/postern.bpf.o
	$(say) SKEL $@
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name postern_bpf > $@

$(BPF)/tests/%.bpf.o: tests/kernel/%.bpf.c $(BPF)/settings | $(GEN)/vmlinux.h
	$(say) BPF $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(bpf_cflags) $(depend) -c -o $@ $<

$(BPF)/tests/%.bpf.o: tests/bench/compare/%.bpf.c $(BPF)/settings | $(GEN)/vmlinux.h
	$(say) BPF $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(bpf_cflags) $(depend) -c -o $@ $<

$(test_skeletons): $(GEN)/%.skel.h: $(BPF)/tests/%.bpf.o
	$(say) SKEL $@
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*)_bpf > $@

# --- tests -------------------------------------------------------------------------------------

# Each list is run by one runner, so that `make check` ends in one sum.
run_tests = $(Q)BUILD=$(B) BPF_BUILD=$(O) SAN=$(SAN) CC=$(CC) CLANG=$(CLANG) BPFTOOL=$(BPFTOOL) \
	tests/harness/run $(1)
offline_tests = $(rules_tests) $(abi_tests) $(unit_bin) $(fuzz_bin) $(golden_tests)
vm_packages := qemu-system-x86 cpio kmod
offline_needs := $(binaries) $(unit_bin) $(fuzz_bin) $(skeleton)
all_needs := $(offline_needs) $(kernel_bin) $(oracle_bin) $(tool_bin) $(e2e_bin)

# A second make, because packages that the first one installs must be seen by pkg-config.
.PHONY: check
check: ## install what is missing, build, run every test; end with one sum
	$(Q)tools/install-deps $(vm_packages)
	$(Q)$(MAKE) --no-print-directory check-built

.PHONY: check-built
check-built: $(all_needs)
	$(call run_tests,$(filter-out $(beside),$(kernel_tests) $(e2e_tests)) -- $(offline_tests) $(vm_tests) $(oracle_tests) $(install_tests) $(beside))

.PHONY: check-offline
check-offline: $(offline_needs) ## rules, abi, unit and golden tests: no root, no eBPF loaded
	$(call run_tests,$(offline_tests))

# clang's sanitizers know of faults that gcc's do not, such as arithmetic on a null pointer.
.PHONY: check-long
check-long: ## everything of check with longer random runs, again under the sanitizers, and all on other kernels
	$(Q)tools/install-deps $(vm_packages) clang-tidy libclang-rt-dev
	$(Q)POSTERN_LONG=1 $(MAKE) --no-print-directory check-built
	$(Q)$(MAKE) --no-print-directory vm-built
	$(Q)POSTERN_LONG=1 $(MAKE) --no-print-directory SAN=1 check-offline
	$(Q)$(MAKE) --no-print-directory SAN=1 CC=$(CLANG) unit fuzz-replay

.PHONY: unit
unit: $(unit_bin) ## unit tests
	$(call run_tests,$(unit_bin))

.PHONY: fuzz-replay
fuzz-replay: $(fuzz_bin) ## each input of tests/fuzz/corpus once
	$(call run_tests,$(fuzz_bin))

.PHONY: fuzz
fuzz: ## libFuzzer on each target for FUZZ_SECONDS=60; FUZZ_TARGETS="wire root" for some (clang)
	$(Q)tools/install-deps libclang-rt-dev
	$(Q)$(MAKE) --no-print-directory SAN=1 FUZZ=1 CC=$(CLANG) fuzz-built

.PHONY: fuzz-built
fuzz-built: $(fuzz_bin)
	$(Q)BUILD=$(B) tests/fuzz/run $(or $(FUZZ_TARGETS),$(notdir $(fuzz_bin)))

.PHONY: golden
golden: $(binaries) ## golden files against what the programs print
	$(call run_tests,$(golden_tests))

.PHONY: abi
abi: $(skeleton) ## headers shared with the kernel: stand alone, same layout on both sides
	$(call run_tests,$(abi_tests))

.PHONY: rules
rules: $(binaries) ## floors, doors, sizes, format: the house rules, and that they can fail
	$(call run_tests,$(rules_tests))

.PHONY: kernel
kernel: $(kernel_bin) ## eBPF programs on the running kernel (root)
	$(call run_tests,$(kernel_tests))

.PHONY: e2e
e2e: $(binaries) $(kernel_bin) $(tool_bin) $(e2e_bin) ## user stories with the real programs (root)
	$(call run_tests,$(e2e_tests))

.PHONY: zt-report
zt-report: $(all_needs) ## what zero trust asks for, each with its tests and their results: tests/zt.txt (root)
	$(Q)BUILD=$(B) tools/zt-report

.PHONY: vm
vm: ## kernel and end-to-end tests on Debian's kernels, booted in qemu: VM_KERNELS="6.1 7.x" for some
	$(Q)tools/install-deps $(vm_packages)
	$(Q)$(MAKE) --no-print-directory vm-built

.PHONY: vm-built
vm-built: $(binaries) $(kernel_bin) $(tool_bin) $(e2e_bin) $(BPF)/postern.bpf.o
	$(Q)BUILD=$(B) tools/vm $(addprefix -k ,$(VM_KERNELS))

.PHONY: bench
bench: $(binaries) $(bench_bin) $(compare_bin) $(tool_bin) ## what it costs beside what else there is: BENCH_LONG=1, BENCH_ROUNDS=N (root)
	$(Q)s=0; for b in $(bench_tests); do echo "== $$b"; BUILD=$(B) "$$(realpath $$b)" || s=1; done; exit $$s

.PHONY: budget
budget: $(B)/tests/kernel/budget $(BPF)/postern.bpf.o ## verifier instruction counts against tests/kernel/budget.txt (root)
	$(Q)BUILD=$(B) BPF_BUILD=$(O) tools/check-budget

.PHONY: budget-update
budget-update: $(B)/tests/kernel/budget $(BPF)/postern.bpf.o ## write the present counts, with headroom, to tests/kernel/budget.txt (root)
	$(Q)BUILD=$(B) BPF_BUILD=$(O) tools/check-budget --update

.PHONY: chaos
chaos: $(binaries) $(tool_bin) $(e2e_bin) ## the soak of tests/e2e/chaos.sh for CHAOS_SECONDS=600 (root)
	$(Q)CHAOS_SECONDS=$${CHAOS_SECONDS:-600} BUILD=$(B) BPFTOOL=$(BPFTOOL) tests/e2e/chaos.sh

.PHONY: demo
demo: ## the five-minute tour on a scratch cgroup (root)
	$(Q)tools/install-deps
	$(Q)$(MAKE) --no-print-directory demo-built

.PHONY: demo-built
demo-built: $(binaries) $(tool_bin)
	$(Q)BUILD=$(B) tools/demo

# A short run is part of check. It needs node, and root for the engine in the kernel. See tests/oracle/run.
.PHONY: oracle
oracle: $(B)/postern $(oracle_bin) ## the official Cedar engine against ours: ORACLE_SETS=N, ORACLE_SEED=N (node, root)
	$(Q)BUILD=$(B) tests/oracle/run

# --- care --------------------------------------------------------------------------------------

.PHONY: format
format: ## rewrite all C with clang-format
	$(Q)tools/check-format --fix

.PHONY: lint
lint: $(skeleton) ## clang-tidy over user space
	$(Q)printf '%s\n' $(sources) | tools/run-tidy -- -std=gnu11 -D_GNU_SOURCE -Iuserspace -Iinclude -I$(GEN) $(pkg_cflags)

.PHONY: coverage
coverage: ## which lines of user space unit, fuzz and golden tests run, and why not the others: tests/coverage.txt
	$(Q)tools/install-deps
	$(Q)$(MAKE) --no-print-directory COV=1 coverage-built

.PHONY: coverage-built
coverage-built: $(binaries) $(unit_bin) $(fuzz_bin)
	$(Q)find $(B) -name '*.gcda' -delete
	$(call run_tests,$(unit_bin) $(fuzz_bin) $(golden_tests))
	$(Q)POSTERN_LONG=1 $(B)/tests/unit/compile/starved
	$(Q)BUILD=$(B) tools/coverage

.PHONY: install
install: $(binaries) ## copy programs, manual, completion and unit to DESTDIR=/PREFIX=
	$(Q)BUILD=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) tools/install/copy

.PHONY: deb
deb: $(binaries) ## a Debian package in the build directory
	$(Q)BUILD=$(B) tools/install/deb

.PHONY: clean
clean: ## remove the build directory
	$(Q)rm -rf $(O)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{ printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(wildcard $(patsubst %.o,%.d,$(call obj,$(sources) $(harness_src) $(unit_src) $(kernel_src) $(bench_src) $(oracle_src) $(fuzz_src) $(fuzz_rig) $(tool_src) $(evasion_src) $(transparency_src) $(compare_src) $(hostile_src))))
-include $(wildcard $(BPF)/parts/*.d $(BPF)/tests/*.d)

// SPDX-License-Identifier: Apache-2.0
#include "core/translation/host_registers.hpp"

#include "base/error.hpp"
#include "isa/hart.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace flexv::core::translation {

namespace x86 = asmjit::x86;

x86::Gp HostRegisters::gp(Host host) {
    static constexpr std::array<x86::Gp, kHosts> kPool = {x86::eax, x86::edx,  x86::esi, x86::r8d,
                                                          x86::r9d, x86::r10d, x86::r11d};
    return kPool[host];
}

x86::Mem HostRegisters::home(unsigned x, unsigned bytes) {
    return {kHart, i32(offsetof(isa::Hart, x) + x * sizeof(u32)), bytes};
}

void HostRegisters::count_reads(u32 registers) {
    for (unsigned x = 0; x < reads_left_.size(); ++x)
        reads_left_[x] = u8(reads_left_[x] - (registers >> x & 1));
}

std::optional<Host> HostRegisters::find(unsigned x) const {
    const auto* const found = std::ranges::find(slots_, int(x), &Slot::owner);
    if (found == slots_.end())
        return std::nullopt;
    return Host(found - slots_.begin());
}

Host HostRegisters::load(unsigned x) {
    const Host host = take();
    assembler_.mov(gp(host), home(x));
    slots_[host] = {.owner = int(x), .last_use = now_};
    return host;
}

/// What is free, or is not read again, or was used longest ago.
Host HostRegisters::victim() const {
    const auto cost = [this](const Slot& slot) {
        const bool is_pinned = slot.pins != 0;
        const bool is_read = slot.owner >= 0 && reads_left_[unsigned(slot.owner)] != 0;
        return std::tuple(is_pinned, slot.owner != kFree, is_read, slot.last_use);
    };
    return Host(std::ranges::min_element(slots_, {}, cost) - slots_.begin());
}

Host HostRegisters::take() {
    const Host host = victim();
    Slot& slot = slots_[host];
    FLEXV_ASSERT(slot.pins == 0, "an instruction needs no more registers than the host has");
    store(slot, host);
    slot = {.owner = kTemporary, .pins = 1, .last_use = ++now_};
    return host;
}

void HostRegisters::store(Slot& slot, Host host) {
    if (slot.is_dirty)
        assembler_.mov(home(unsigned(slot.owner)), gp(host));
    slot.is_dirty = false;
}

void HostRegisters::forget(unsigned x) {
    if (const auto host = find(x))
        slots_[*host] = {};
    known_[x].reset();
    stale_constants_ &= ~(1U << x);
}

void HostRegisters::bind(unsigned x, Host host) {
    forget(x);
    slots_[host] = {.owner = int(x), .last_use = ++now_, .is_dirty = true};
}

void HostRegisters::bind_constant(unsigned x, u32 value) {
    forget(x);
    known_[x] = value;
    stale_constants_ |= 1U << x;
}

void HostRegisters::write_back() {
    for (Host host = 0; host < kHosts; ++host)
        store(slots_[host], host);
    for (unsigned x = 1; x < known_.size(); ++x)
        if ((stale_constants_ >> x & 1) != 0)
            assembler_.mov(home(x), *known_[x]);
    stale_constants_ = 0;
}

}  // namespace flexv::core::translation

// SPDX-License-Identifier: Apache-2.0
// Loads and stores in time: requests that meet others at their cycle, parts, waits, refusals. The
// row executes at the grant, when the data of everything but the TCDM has travelled with the
// request.
#include "core/core.hpp"

namespace flexv::core {

void Core::send_request(Cycles now) {
    clock_.timeline.keep_time();
    state_ = State::waiting;
    const LoadStoreUnit::Access& access = load_store_.access();
    if (access.path == DataPath::undecoded)
        fault(
            fmt::format("access to {:#010x}: this demux slot has no device and the core would wait "
                        "for ever; the event unit is at +0x204000, the DMA at +0x204400",
                        access.address));
    if (access.path == DataPath::peripheral)
        counters_.add(access.is_write ? Event::external_store : Event::external_load);
    load_store_.ask_device(*this,
                           {.data = hart_.x[sequencer_.front().op.rs2],
                            .is_event_load = sequencer_.front().timing == isa::Timing::event_load,
                            .cause = {.initiator = name(), .pc = hart_.pc}},
                           now);
}

/// The first part of a misaligned access was granted.
void Core::count_split() {
    counters_.add(load_store_.access().is_write ? Event::split_store : Event::split_load);
    counters_.stall(Stall::misaligned, 1);
}

/// Books the cycles between request and grant under the cause that the port stands for.
void Core::book_wait(Cycles now) {
    const bool is_event_load = sequencer_.front().timing == isa::Timing::event_load;
    const LoadStoreUnit::Wait wait = load_store_.wait_until(now, is_event_load);
    const Stall cause = load_store_.cause();
    scoreboard_.hold();
    counters_.sleep(wait.to - wait.sleeps);
    if (cause == Stall::peripheral)
        counters_.add(load_store_.access().is_write ? Event::external_store_cycle
                                                    : Event::external_load_cycle,
                      u64(wait.to - wait.from));
    counters_.stall(cause, wait.sleeps - wait.from);
    if (probes.wait.is_attached()) [[unlikely]] {
        tell_wait(false, wait.from, wait.sleeps);
        tell_wait(true, wait.sleeps, wait.to);
    }
}

/// Nobody answers, or an error slave does: a read gives its word, a write is lost.
void Core::refused(Cycles now, const std::string& what) {
    if (config_.bus_errors == BusErrors::fault)
        fault(fmt::format("{}: {}", load_store_.describe(), what));
    const Address address = load_store_.address_in_flight();
    const u32 word = config_.address_map.error_word(address);
    tell_misuse([&] {
        return load_store_.access().is_write
                   ? fmt::format("{}: {}; an error slave takes it and the data are lost",
                                 load_store_.describe(), what)
                   : fmt::format("{}: {}; an error slave answers {:#010x}", load_store_.describe(),
                                 what, word);
    });
    granted(now, word >> (8 * (address & 3)));
}

u32 Core::load(Address address, unsigned bytes) { return load_store_.load(address, bytes); }

void Core::store(Address address, unsigned bytes, u32 value) {
    load_store_.store(address, bytes, value);
}

}  // namespace flexv::core

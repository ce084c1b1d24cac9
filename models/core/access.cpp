// SPDX-License-Identifier: Apache-2.0
// Loads and stores: the way to what is not the TCDM, misaligned parts, waits. The row executes at
// the grant, when the data of everything but the TCDM has travelled with the request.
#include "core/hot_path.hpp"

#include <cstring>

namespace flexv::core {

namespace {

Stall cause_of(DataPath path) {
    switch (path) {
        case DataPath::tcdm:
        case DataPath::test_and_set:
            return Stall::tcdm;
        case DataPath::event_unit:
            return Stall::event_unit;
        case DataPath::dma:
            return Stall::dma;
        default:
            return Stall::peripheral;
    }
}

}  // namespace

void Core::send_request(Cycles now) {
    state_ = State::waiting;
    if (access_.path == DataPath::undecoded)
        fault(
            fmt::format("access to {:#010x}: this demux slot has no device and the core would wait "
                        "for ever; the event unit is at +0x204000, the DMA at +0x204400",
                        access_.address));
    if (access_.path == DataPath::peripheral)
        counters_.add(access_.is_write ? Event::external_store : Event::external_load);
    DataRequest request;
    request.is_write = access_.is_write;
    request.is_event_load = slot_->timing == isa::Timing::event_load;
    request.address = access_.address;
    request.bytes = access_.bytes;
    request.cause = {.initiator = name(), .pc = hart_.pc};
    unsigned shift = 0;
    const unsigned first_bytes = access_.bytes_to_word_end();
    if (access_.part == Part::first) {
        request.bytes = u8(first_bytes);
    } else if (access_.part == Part::second) {
        request.address += first_bytes;
        request.bytes = u8(access_.bytes - first_bytes);
        shift = 8 * first_bytes;
    }
    if (access_.is_write)
        request.data = hart_.x[slot_->op.rs2] >> shift;
    target_of(access_.path).request(*this, request, now);
}

DataTarget& Core::target_of(DataPath path) const {
    auto* const core =
        const_cast<Core*>(this);  // sc_port hands out its interface only when not const
    switch (path) {
        case DataPath::event_unit:
            return *core->event_unit_out.operator->();
        case DataPath::dma:
            return *core->dma_out.operator->();
        case DataPath::direct:
            return *core->direct_out.operator->();
        default:
            return *core->peripheral_out.operator->();
    }
}

/// A part of a misaligned access is granted. False: the other part was asked for.
bool Core::join_part(Cycles now, u32 data) {
    if (access_.part == Part::second) {
        access_.response |= data << (8 * access_.bytes_to_word_end());
        return true;
    }
    access_.response = data;
    access_.part = Part::second;
    counters_.add(access_.is_write ? Event::split_store : Event::split_load);
    counters_.stall(Stall::misaligned, 1);
    send_part(now + 1);
    return false;
}

/// Books the cycles between request and grant under the cause that the port stands for.
void Core::book_wait(Cycles now) {
    const Cycles waited = now - access_.requested;
    scoreboard_.hold();
    Cycles awake = waited;
    if (access_.path == DataPath::event_unit && slot_->timing == isa::Timing::event_load)
        awake = std::min(waited, pipeline::kSleepEntry - access_.awake);
    access_.awake += awake;
    counters_.sleep(waited - awake);
    if (cause_of(access_.path) == Stall::peripheral)
        counters_.add(access_.is_write ? Event::external_store_cycle : Event::external_load_cycle,
                      waited);
    counters_.stall(cause_of(access_.path), awake);
    tell_wait(false, access_.requested, access_.requested + awake);
    tell_wait(true, access_.requested + awake, now);
}

std::string Core::describe_access() const {
    return fmt::format("{} of {} bytes at {:#010x}", access_.is_write ? "store" : "load",
                       unsigned{access_.bytes}, access_.address);
}

/// Nobody answers, or an error slave does: a read gives its word, a write is lost.
void Core::refused(Cycles now, const std::string& what) {
    if (config_.bus_errors == BusErrors::fault)
        fault(fmt::format("{}: {}", describe_access(), what));
    const bool is_second = access_.part == Part::second;
    const Address address = access_.address + (is_second ? access_.bytes_to_word_end() : 0);
    const u32 word = error_word(address);
    tell_misuse(access_.is_write
                    ? fmt::format("{}: {}; an error slave takes it and the data are lost",
                                  describe_access(), what)
                    : fmt::format("{}: {}; an error slave answers {:#010x}", describe_access(),
                                  what, word));
    granted(now, word >> (8 * (address & 3)));
}

/// Called by a row for what the direct window does not cover: the test-and-set view, a view of the
/// TCDM beside the fast one, and targets whose answer has arrived already.
u32 Core::load(Address address, unsigned bytes) {
    if (access_.path > DataPath::test_and_set)
        return access_.response;
    std::byte* const memory = hart_.window.at(address);
    u32 value = 0;
    std::memcpy(&value, memory, bytes);
    if (access_.path == DataPath::test_and_set)
        std::memset(memory, 0xff, bytes);
    return value;
}

void Core::store(Address address, unsigned bytes, u32 value) {
    if (access_.path <= DataPath::test_and_set)
        std::memcpy(hart_.window.at(address), &value, bytes);
}

}  // namespace flexv::core

// SPDX-License-Identifier: Apache-2.0
// The load/store unit: the access in EX, as one request or, where it crosses a word, as two. It
// knows where addresses lead to, and what of an access is still to come; when it is asked for, and
// what a wait costs, is the core's.
#pragma once

#include "base/data_port.hpp"
#include "base/state_archive.hpp"
#include "base/tcdm_target.hpp"
#include "base/units.hpp"
#include "core/decode/slot.hpp"
#include "core/pipeline/address_map.hpp"
#include "core/pipeline/costs.hpp"
#include "core/pipeline/stall.hpp"
#include "isa/address.hpp"
#include "isa/hart.hpp"

#include <algorithm>
#include <string>

namespace flexv::core {

class LoadStoreUnit {
public:
    /// Who serves; null where the AddressMap leads nobody to.
    struct Ports {
        TcdmTarget* tcdm = nullptr;
        DataTarget* event_unit = nullptr;
        DataTarget* dma = nullptr;
        DataTarget* direct = nullptr;
        DataTarget* peripheral = nullptr;
    };
    /// The request in flight of an access.
    enum class Part : u8 { whole, first, second };
    struct Access {
        Address address = 0;
        u8 bytes = 0;
        Part part = Part::whole;
        bool is_write = false;
        DataPath path = DataPath::tcdm;
        Cycles entered = 0;    ///< first cycle in EX
        Cycles requested = 0;  ///< EX cycle of the part in flight, or up to which it is booked
        Cycles awake = 0;      ///< booked cycles of this wait with the clock on
        u32 response = 0;      ///< what has come, in the low bytes

        void serialize(StateArchive& archive) {
            archive(address, bytes, part, is_write, path, entered, requested, awake, response);
        }
    };
    /// A part of a wait: the core's clock is on, and then gated.
    struct Wait {
        Cycles from = 0;
        Cycles sleeps = 0;
        Cycles to = 0;
    };

    explicit LoadStoreUnit(const AddressMap& map) : map_(map) {}
    /// Before time starts.
    void connect(const Ports& ports);
    /// A debugger may change registers while an access waits: then its row goes elsewhere.
    void let_rows_differ() { rows_may_differ_ = true; }
    void reset() { access_ = {}; }
    void serialize(StateArchive& archive) { archive(access_); }
    /// What rows may reach without asking load() and store(). Nothing in a build that compares the
    /// addresses of rows with those of requests.
    [[nodiscard]] isa::DirectWindow window_of_rows() const;

    // The access in EX.

    /// `slot` enters EX in cycle `now`.
    [[gnu::always_inline]] void begin(const Slot& slot, const isa::Hart& hart, Cycles now) {
        const Address address = isa::address_of(slot.access.mode, slot.op, hart);
        access_.address = address;
        access_.bytes = slot.access.bytes;
        access_.part = (address & 3) + slot.access.bytes > 4 ? Part::first : Part::whole;
        access_.is_write = slot.timing == isa::Timing::store;
        access_.path = window_.covers(address) ? DataPath::tcdm : map_.path(address);
        access_.entered = now;
    }
    /// The part in flight is asked for in `cycle`.
    [[gnu::always_inline]] void ask_in(Cycles cycle) {
        access_.requested = cycle;
        access_.awake = 0;
    }
    /// Of a bank, which may be ahead of time. True: it is granted already.
    /// \tparam Initiator see TcdmTarget::request_or_take()
    template <typename Initiator>
    [[nodiscard]] [[gnu::always_inline]] bool asks_tcdm_or_takes(Initiator& core) {
        const Address address = access_.address + (access_.part == Part::second ? 4U : 0U);
        return tcdm_->request_or_take(core, address, access_.is_write, access_.requested);
    }
    /// Of anybody else, in this very cycle.
    /// \param request whose `data` is the register that is stored; without address and bytes
    void ask_device(DataInitiator& core, DataRequest request, Cycles now);
    /// The part in flight is granted, with `data`. False: the second part is to be asked for.
    [[nodiscard]] [[gnu::always_inline]] bool take(u32 data) {
        if (access_.part != Part::whole) [[unlikely]]
            return join(data);
        access_.response = data;
        return true;
    }
    /// What has been waited up to `now` since the request, or since it was booked. Only a p.elw
    /// sleeps, when the event unit lets it wait.
    [[nodiscard]] Wait wait_until(Cycles now, bool is_event_load) {
        const Cycles waited = now - access_.requested;
        const bool may_sleep = access_.path == DataPath::event_unit && is_event_load;
        const Cycles awake =
            may_sleep ? std::min(waited, pipeline::kSleepEntry - access_.awake) : waited;
        access_.awake += awake;
        return {.from = access_.requested, .sleeps = access_.requested + awake, .to = now};
    }
    /// The wait is booked up to `now`.
    void book_up_to(Cycles now) { access_.requested = now; }

    [[nodiscard]] const Access& access() const { return access_; }
    [[nodiscard]] bool is_in_tcdm() const { return access_.path <= DataPath::test_and_set; }
    /// What a wait for it is called.
    [[nodiscard]] Stall cause() const {
        switch (access_.path) {
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
    /// Of the part in flight.
    [[nodiscard]] Address address_in_flight() const;
    /// What the request in flight waits for.
    [[nodiscard]] std::string waits_for(const DataInitiator& core) const;
    /// "load of 4 bytes at 0x10000000"
    [[nodiscard]] std::string describe() const;
    /// It stores to a byte of [first, last], by whichever view of the TCDM.
    [[nodiscard]] bool stores_to(Address first, Address last) const;

    // What it does to the memory, called by its row.

    /// Of what the rows do not reach themselves: the test-and-set view, a view of the TCDM beside
    /// the fast one, and targets whose answer has come already.
    [[nodiscard]] u32 load(Address address, unsigned bytes) const;
    void store(Address address, unsigned bytes, u32 value) const;
    /// The bytes in the TCDM that a load of it will give. Without a side effect.
    [[nodiscard]] u32 peek_tcdm() const;
    /// Changes a word in the TCDM of which somebody holds decoded instructions.
    [[nodiscard]] [[gnu::always_inline]] bool touches_code() const {
        const bool changes =
            access_.is_write ? is_in_tcdm() : access_.path == DataPath::test_and_set;
        return changes && tcdm_->meets_code(access_.address & window_.offset_mask, access_.bytes);
    }
    /// And must forget them.
    void tell_written_code() const;

private:
    [[nodiscard]] unsigned bytes_to_word_end() const { return 4 - (access_.address & 3); }
    [[nodiscard]] bool join(u32 data);
    [[nodiscard]] DataTarget& device() const;
    void compare(Address address, unsigned bytes) const;

    Access access_;
    isa::DirectWindow window_;  // of the TCDM
    TcdmTarget* tcdm_ = nullptr;
    const AddressMap map_;
    Ports ports_;
    bool rows_may_differ_ = false;
};

}  // namespace flexv::core

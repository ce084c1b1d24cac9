// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/load_store_unit.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

// Rows compute their addresses, and so does the unit, before they execute. A build that sets this
// leads all accesses of rows through the unit, which compares.
#ifndef FLEXV_COMPARE_ADDRESSES
#define FLEXV_COMPARE_ADDRESSES 0
#endif

namespace flexv::core {

void LoadStoreUnit::connect(const Ports& ports) {
    ports_ = ports;
    tcdm_ = ports.tcdm;
    if (tcdm_ == nullptr)
        return;
    // Both views of the TCDM window, the cluster's own address and the alias at 0, wrap at its
    // size. They differ in one bit in the first cluster; in others the fast way is for the alias.
    constexpr Address kTcdmWindow = 0xfff0'0000;
    const Address base = map_.cluster_base;
    window_ = {.host = tcdm_->storage(),
               .tag_mask = std::has_single_bit(base) ? kTcdmWindow & ~base : kTcdmWindow,
               .tag = 0,
               .offset_mask = tcdm_->size_bytes() - 1};
}

isa::DirectWindow LoadStoreUnit::window_of_rows() const {
    return FLEXV_COMPARE_ADDRESSES != 0 ? isa::DirectWindow{} : window_;
}

void LoadStoreUnit::ask_device(DataInitiator& core, DataRequest request, Cycles now) {
    const unsigned first_bytes = bytes_to_word_end();
    request.is_write = access_.is_write;
    request.address = address_in_flight();
    request.bytes = access_.bytes;
    if (access_.part == Part::first)
        request.bytes = u8(first_bytes);
    else if (access_.part == Part::second)
        request.bytes = u8(access_.bytes - first_bytes);
    const unsigned shift = access_.part == Part::second ? 8 * first_bytes : 0;
    request.data = access_.is_write ? request.data >> shift : 0;
    device().request(core, request, now);
}

bool LoadStoreUnit::join(u32 data) {
    if (access_.part == Part::second) {
        access_.response |= data << (8 * bytes_to_word_end());
        return true;
    }
    access_.response = data;
    access_.part = Part::second;
    return false;
}

DataTarget& LoadStoreUnit::device() const {
    const auto port = [this] {
        switch (access_.path) {
            case DataPath::event_unit:
                return ports_.event_unit;
            case DataPath::dma:
                return ports_.dma;
            case DataPath::direct:
                return ports_.direct;
            default:
                return ports_.peripheral;
        }
    };
    DataTarget* const device = port();
    FLEXV_ASSERT(device != nullptr, "the ports that the AddressMap leads to are bound");
    return *device;
}

Address LoadStoreUnit::address_in_flight() const {
    return access_.address + (access_.part == Part::second ? bytes_to_word_end() : 0);
}

std::string LoadStoreUnit::waits_for(const DataInitiator& core) const {
    if (is_in_tcdm())
        return fmt::format("a bank of the TCDM for {:#010x}", access_.address);
    return fmt::format("{:#010x}: {}", access_.address, device().waits_for(core));
}

std::string LoadStoreUnit::describe() const {
    return fmt::format("{} of {} bytes at {:#010x}", access_.is_write ? "store" : "load",
                       unsigned{access_.bytes}, access_.address);
}

bool LoadStoreUnit::stores_to(Address first, Address last) const {
    constexpr Address kTestAndSet = 0x0010'0000;
    const bool is_in_view = access_.path == DataPath::test_and_set;
    const Address address = is_in_view ? access_.address & ~kTestAndSet : access_.address;
    const auto meets = [&](Address start) {
        return start <= last && start + (access_.bytes - 1) >= first;
    };
    const bool is_alias = address < map_.cluster_bytes;
    return (access_.is_write || is_in_view) && access_.bytes != 0 &&
           (meets(address) || (is_alias && meets(address + map_.cluster_base)));
}

/// The row and the unit agree about where it goes.
void LoadStoreUnit::compare(Address address, unsigned bytes) const {
    if constexpr (FLEXV_COMPARE_ADDRESSES != 0)
        FLEXV_ASSERT((address == access_.address && bytes == access_.bytes) || rows_may_differ_,
                     "a row reaches what was asked for");
}

u32 LoadStoreUnit::load(Address address, unsigned bytes) const {
    compare(address, bytes);
    if (!is_in_tcdm())
        return access_.response;
    std::byte* const memory = window_.at(address);
    u32 value = 0;
    std::memcpy(&value, memory, bytes);
    if (access_.path == DataPath::test_and_set)
        std::memset(memory, 0xff, bytes);
    return value;
}

void LoadStoreUnit::store(Address address, unsigned bytes, u32 value) const {
    compare(address, bytes);
    if (is_in_tcdm())
        std::memcpy(window_.at(address), &value, bytes);
}

u32 LoadStoreUnit::peek_tcdm() const {
    u32 value = 0;
    std::memcpy(&value, window_.at(access_.address), access_.bytes);
    return value;
}

void LoadStoreUnit::tell_written_code() const {
    tcdm_->written(access_.address & window_.offset_mask, access_.bytes);
}

}  // namespace flexv::core

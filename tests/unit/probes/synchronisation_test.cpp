// SPDX-License-Identifier: Apache-2.0
// What accesses to the event unit say about order. Offsets: docs/spec/cluster_regs.csv, EU_DEMUX
// and EU_GLOBAL.
#include "platform/probes/synchronisation.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using Kind = SyncObject::Kind;
using Objects = std::vector<SyncObject>;

namespace {

std::optional<SyncObject> stored_to(Address address) {
    return EventUnitAccess::at(address, true).value().signals();
}
Objects got_from(Address address, u32 data) {
    return EventUnitAccess::at(address, false).value().takes(data);
}
std::string wait_at(Address address, std::optional<u32> data = {}) {
    return EventUnitAccess::at(address, false).value().waits_for(data);
}

}  // namespace

TEST_CASE("only the event unit's two views are its registers", "[synchronisation]") {
    CHECK(EventUnitAccess::at(0x1020'4000, false));
    CHECK(EventUnitAccess::at(0x1020'0800, true));
    CHECK(EventUnitAccess::at(0x10e0'43fc, false));  // of the fourth cluster
    CHECK_FALSE(EventUnitAccess::at(0x1120'4000, false));
    CHECK_FALSE(EventUnitAccess::at(0x1020'4400, false));  // DMA
    CHECK_FALSE(EventUnitAccess::at(0x1000'0000, false));
    CHECK_FALSE(EventUnitAccess::at(0x1a10'9800, true));
}

TEST_CASE("stores signal events, barriers, unlocks and work", "[synchronisation]") {
    CHECK(stored_to(0x1020'410c) == SyncObject{Kind::software_event, 3});
    CHECK(stored_to(0x1020'4230) == SyncObject{Kind::barrier, 1});  // BAR1_TRIGGER
    CHECK(stored_to(0x1020'40c0) == SyncObject{Kind::mutex, 0});
    CHECK(stored_to(0x1020'4080) == SyncObject{Kind::dispatch, 0});
    CHECK(stored_to(0x1020'0e04) == SyncObject{Kind::software_event, 1});  // global view
    CHECK(stored_to(0x1020'0c10) == SyncObject{Kind::barrier, 0});
    CHECK(stored_to(0x1020'4200) == std::nullopt);  // BAR0_TRIGGER_MASK
    CHECK(stored_to(0x1020'4000) == std::nullopt);  // EVT_MASK
    CHECK(stored_to(0x1020'0f00) == std::nullopt);  // SOC_EVENT_FIFO
}

TEST_CASE("each cluster has its own event unit, which others reach", "[synchronisation]") {
    CHECK(stored_to(0x1060'410c) == SyncObject{Kind::software_event, 3, 1});
    CHECK(stored_to(0x10a0'0e04) == SyncObject{Kind::software_event, 1, 2});  // global view
    CHECK(got_from(0x1060'403c, 0x101) == Objects{{Kind::software_event, 0, 1}, {Kind::dma, 0, 1}});
    CHECK(got_from(0x1060'403c, 1U << 27) == Objects{{Kind::device, SyncObject::kAll}});
    CHECK(got_from(0x1060'423c, 0) == Objects{{Kind::barrier, 1, 1}});

    const SyncObject any{Kind::barrier, SyncObject::kAll, 1};
    CHECK(any.means({Kind::barrier, 3, 1}));
    CHECK_FALSE(any.means({Kind::barrier, 3, 0}));
    CHECK_FALSE(any.means({Kind::mutex, 3, 1}));
}

TEST_CASE("a read of TRIGGER_SELF signals the barrier", "[synchronisation]") {
    CHECK(EventUnitAccess::at(0x1020'4214, false)->signals() == SyncObject{Kind::barrier, 0});
    CHECK(EventUnitAccess::at(0x1020'4210, false)->signals() == std::nullopt);
}

TEST_CASE("reads take what they were woken by", "[synchronisation]") {
    CHECK(got_from(0x1020'403c, 0x108) ==
          Objects{{Kind::software_event, 3}, {Kind::dma, 0}});  // EVENT_WAIT_CLEAR
    CHECK(got_from(0x1020'4038, 1U << 17) == Objects{{Kind::mutex, SyncObject::kAll}});
    CHECK(got_from(0x1020'401c, 1U << 27) ==
          Objects{{Kind::device, SyncObject::kAll}});  // EVT_BUFFER
    CHECK(got_from(0x1020'40c0, 5) == Objects{{Kind::mutex, 0}});
    CHECK(got_from(0x1020'4080, 5) == Objects{{Kind::dispatch, 0}});
    CHECK(got_from(0x1020'423c, 0) == Objects{{Kind::barrier, 1}});
    CHECK(got_from(0x1020'4204, 0xff) ==
          Objects{{Kind::barrier, 0}});  // BAR0_STATUS, a set of cores
    CHECK(got_from(0x1020'4184, 0x100) == Objects{{Kind::dma, 0}});
    CHECK(got_from(0x1020'4000, 0x100).empty());  // EVT_MASK is no event
}

TEST_CASE("a wait is named for people", "[synchronisation]") {
    CHECK(wait_at(0x1020'421c) == "barrier 0");
    CHECK(wait_at(0x1020'40c4) == "mutex 1");
    CHECK(wait_at(0x1020'4080) == "dispatch");
    CHECK(wait_at(0x1020'403c) == "event");
    CHECK(wait_at(0x1020'403c, 0x100) == "event: line 8 (DMA event)");
    CHECK(wait_at(0x1020'4188, 4) == "event after software event 2: line 2 (software event)");
}

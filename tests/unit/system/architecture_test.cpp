// SPDX-License-Identifier: Apache-2.0
#include "platform/system/architecture.hpp"

#include "platform/config/configuration_reader.hpp"
#include "platform/config/energy_profiles.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace flexv;
using namespace flexv::platform;

namespace {

energy::Architecture sizes_with(const std::string& key, const std::string& text) {
    const std::array settings = {Setting{.key = key, .text = text, .origin = key}};
    return architecture_of(load_configuration("flexv_cluster", settings).values.soc);
}

}  // namespace

TEST_CASE("the default cluster is the one that the shipped profiles are calibrated for",
          "[platform][energy]") {
    for (const std::string& profile_name : energy_profile_names())
        for (const char* name : {"flexv_cluster", "timing_bench"}) {
            CAPTURE(profile_name, name);
            const energy::Profile profile = load_energy_profile(profile_name);
            const auto sizes = architecture_of(load_configuration(name, {}).values.soc);

            CHECK(profile.extrapolations(sizes).empty());
            for (const auto& [size, value] : profile.architecture)
                if (size != "fabric_controller.isa")  // it has none
                    CHECK(energy::find_size(sizes, size) != nullptr);
        }
}

TEST_CASE("every size of the configuration that has a price is seen by the profile",
          "[platform][energy]") {
    const energy::Profile profile = load_energy_profile(kDefaultEnergyProfile);
    const auto [key, value, size] = GENERATE(table<const char*, const char*, const char*>(
        {{"soc.cluster.core_count", "1", "cores"},
         {"soc.cluster.core_count", "16", "cores"},
         {"soc.cluster.core.isa", "xpulpv2", "core.isa"},
         {"soc.cluster.tcdm.size_bytes", "1 MiB", "tcdm.bytes"},
         {"soc.cluster.tcdm.bank_count", "64", "tcdm.banks"},
         {"soc.cluster.icache.l1_bytes", "1024", "icache.l1_bytes"},
         {"soc.cluster.icache.l1_ways", "2", "icache.l1_ways"},
         {"soc.cluster.icache.l15_bytes", "16 KiB", "icache.l15_bytes"},
         {"soc.cluster.icache.l15_banks", "4", "icache.l15_banks"},
         {"soc.cluster.icache.l15_ways", "8", "icache.l15_ways"},
         {"soc.cluster.event_unit.barrier_count", "16", "event_unit.barriers"},
         {"soc.cluster.event_unit.mutex_count", "4", "event_unit.mutexes"},
         {"soc.l2.size_bytes", "512 KiB", "l2.bytes"},
         {"soc.l2.bytes_per_cycle", "16", "l2.bytes_per_cycle"}}));
    CAPTURE(key, value);

    const auto found = profile.extrapolations(sizes_with(key, value));

    REQUIRE(found.size() == 1);
    CHECK(found[0].name == size);
    CHECK(found[0].outside == found[0].name.starts_with("l2."));
}

TEST_CASE("a chip with a fabric controller says what core it is", "[platform][energy]") {
    const auto sizes = architecture_of(load_configuration("pulp_open", {}).values.soc);

    CHECK(energy::find_size(sizes, "fabric_controller.isa") != nullptr);
    CHECK(*energy::find_size(sizes, "tcdm.bytes") == energy::Size{u64{65536}});
}

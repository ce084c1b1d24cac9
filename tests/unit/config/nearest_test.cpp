// SPDX-License-Identifier: Apache-2.0
// Suggestions for misspelt names.
#include "platform/config/nearest.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace flexv::platform {

TEST_CASE("a misspelt key is told the key that was meant", "[nearest]") {
    const std::vector<std::string> known = {"soc.cluster.core_count", "soc.cluster.core.isa",
                                            "soc.cluster.tcdm.bank_count", "soc.l2.size_bytes",
                                            "clock.mhz"};

    CHECK(nearest_key("soc.cluster.cores", known) == "soc.cluster.core_count");
    CHECK(nearest_key("soc.cluster.tcdm.banks", known) == "soc.cluster.tcdm.bank_count");
    CHECK(nearest_key("soc.cluster.bank_count", known) == "soc.cluster.tcdm.bank_count");
    CHECK(nearest_key("core_count", known) == "soc.cluster.core_count");
    CHECK(nearest_key("clock.hz", known) == "clock.mhz");
    CHECK(nearest_key("anything", {}).empty());
}

}  // namespace flexv::platform

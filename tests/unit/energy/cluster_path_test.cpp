// SPDX-License-Identifier: Apache-2.0
#include "energy/cluster_path.hpp"

#include <catch2/catch.hpp>

using namespace flexv::energy;

TEST_CASE("a path says in which cluster it lies", "[energy][cluster_path]") {
    CHECK(cluster_number("cluster.core0.alu") == 0);
    CHECK(cluster_number("cluster3.core0.alu") == 3);
    CHECK(cluster_number("cluster12") == 12);
    CHECK(cluster_number("l2.reads") == 0);
    CHECK(cluster_number("clusters1.alu") == 0);
    CHECK(cluster_number("cluster1a.alu") == 0);
    CHECK(cluster_number("") == 0);
}

TEST_CASE("the same place in another cluster", "[energy][cluster_path]") {
    CHECK(in_first_cluster("cluster3.core1.alu") == "cluster.core1.alu");
    CHECK(in_first_cluster("cluster.core1.alu") == "cluster.core1.alu");
    CHECK(in_first_cluster("fc.core1.alu") == "fc.core1.alu");
    CHECK(in_cluster("cluster.core1.alu", 2) == "cluster2.core1.alu");
    CHECK(in_cluster("cluster.core1.alu", 0) == "cluster.core1.alu");
    CHECK(in_cluster("cluster", 1) == "cluster1");
    CHECK(in_cluster("l2.reads", 2) == "l2.reads");
    CHECK(in_cluster("clusters.alu", 2) == "clusters.alu");
}

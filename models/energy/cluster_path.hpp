// SPDX-License-Identifier: Apache-2.0
// Clusters beside each other are alike: a profile tells of one, "cluster", and means them all. The
// others are called "cluster1", "cluster2", ... in paths of counters and components.
#pragma once

#include <string>
#include <string_view>

namespace flexv::energy {

/// Of the cluster in which `path` lies: 0 for "cluster.core0", 2 for "cluster2.core0". 0 where it
/// lies in none.
[[nodiscard]] unsigned cluster_number(std::string_view path);
/// The same place in the first cluster: "cluster.core0" for "cluster2.core0". A path outside of
/// all clusters as it is.
[[nodiscard]] std::string in_first_cluster(std::string_view path);
/// The same place in cluster `number`: "cluster2.core0" for "cluster.core0". A path that does not
/// lie in the first cluster as it is.
[[nodiscard]] std::string in_cluster(std::string_view path, unsigned number);
/// Whether the path lies in the first cluster.
[[nodiscard]] bool is_in_first_cluster(std::string_view path);

}  // namespace flexv::energy

// SPDX-License-Identifier: Apache-2.0
// Where a core finds its own cluster. A program for one cluster uses the first one's addresses; one
// for several (FLEXV_CLUSTERS) the view that each cluster has of itself at 0, so that the same code
// meets another cluster on each. Only loads and stores of cores know that view: buses, the DMA's
// external side and the fabric controller do not.
#ifndef FLEXV_OWN_CLUSTER_H
#define FLEXV_OWN_CLUSTER_H

#define FIRST_CLUSTER 0x10000000  ///< cluster n: FIRST_CLUSTER + n * CLUSTER_PITCH
#define CLUSTER_PITCH 0x400000
#define MAX_CLUSTERS 4

#ifdef FLEXV_CLUSTERS
#define OWN_CLUSTER(address) ((address)-FIRST_CLUSTER)
#else
#define OWN_CLUSTER(address) (address)
#endif

#endif

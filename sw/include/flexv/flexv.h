// SPDX-License-Identifier: Apache-2.0
// Everything an application of the Flex-V cluster needs.
#ifndef FLEXV_FLEXV_H
#define FLEXV_FLEXV_H

#include "cluster_control.h"
#include "dma.h"
#include "event_unit.h"
#include "flexv/clusters.h"
#include "flexv/intrinsics.h"
#include "flexv/l1.h"
#include "flexv/region.h"
#include "flexv/team.h"
#include "timer.h"

#endif

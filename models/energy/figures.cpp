// SPDX-License-Identifier: Apache-2.0
#include "energy/figures.hpp"

namespace flexv::energy {

namespace {

constexpr double kOperationsPerMac = 2;  // design: 1 MAC = 2 operations

double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
}

}  // namespace

double mean_mw(u64 attojoules, Cycles cycles, double mhz) {
    return ratio(double(attojoules), double(cycles)) * mhz * 1e-9;  // aJ x MHz = 1e-12 W
}

double tops_per_watt(u64 macs, u64 attojoules) {
    return ratio(kOperationsPerMac * double(macs), double(attojoules)) * 1e6;  // 1/aJ = 1e6 T/J
}

double giga_operations(u64 macs, Cycles cycles, double mhz) {
    return kOperationsPerMac * ratio(double(macs), double(cycles)) * mhz * 1e-3;
}

}  // namespace flexv::energy

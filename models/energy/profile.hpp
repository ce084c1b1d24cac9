// SPDX-License-Identifier: Apache-2.0
// A power annotation file in memory: prices of events at a reference operating point and for a
// reference architecture, and the laws that carry them to others. Values live in
// platform/data/energy/*.json, never here.
#pragma once

#include "base/units.hpp"
#include "energy/architecture.hpp"
#include "energy/area.hpp"
#include "energy/provenance.hpp"
#include "energy/size_law.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::energy {

struct OperatingPoint {
    double vdd = 0;  ///< V
    double mhz = 0;
};

/// The price of one event.
struct Coefficient {
    std::string symbol;     ///< short name, as in the table it comes from
    std::string counter;    ///< path of the counters it prices, may hold wild cards
    std::string component;  ///< who is charged; wild cards stand for what they did in `counter`
    double pj = 0;          ///< pJ an event at the reference point
    Kind kind = Kind::assumed;
    std::string source;
    bool outside = false;             ///< not part of the cluster: priced, but not in its total
    bool has_own_supply = false;      ///< the cluster's voltage and the laws do not change it
    bool optional = false;            ///< the platform may be built without this component
    std::vector<std::string> scales;  ///< names of the size laws that it follows, all of them
};

/// Power that flows with time, whatever happens: leakage, or the constant of a fit.
struct Standing {
    std::string component;
    double mw = 0;  ///< mW at the reference point
    Kind kind = Kind::assumed;
    std::string source;
    bool leaks = false;               ///< follows the leakage law; else constant
    std::vector<std::string> scales;  ///< names of the size laws that it follows, all of them
};

/// Counters that cost nothing by intention, so that they are not listed as unpriced.
struct Statistic {
    std::string counter;  ///< path, may hold wild cards
    std::string reason;
};

struct Laws {
    double dynamic_exponent = 2;  ///< dynamic energy grows with (V / Vref) to this power
    double dynamic_scale = 1;     ///< and with this factor
    double leakage_per_volt = 0;  ///< leakage grows with exp(this * (V - Vref))
    double max_mhz_per_volt = 0;  ///< fmax = max_mhz_per_volt * V + max_mhz_offset; 0: no law
    double max_mhz_offset = 0;
};

/// Voltages between two ends, both included.
struct VoltageRange {
    double min = 0;  ///< V
    double max = 0;  ///< V

    [[nodiscard]] bool contains(double vdd) const { return vdd >= min && vdd <= max; }
};

struct Profile {
    std::string name;
    std::string meaning;
    OperatingPoint reference;
    Architecture architecture;  ///< that the prices were made for; empty: the file does not say
    VoltageRange valid;         ///< where the laws are founded; beyond they extrapolate
    VoltageRange limits;  ///< where they mean anything; equal to `valid` unless the file says more
    Laws laws;
    std::vector<SizeLaw> size_laws;
    Uncertainty uncertainty;  ///< for the reference architecture
    UncertaintyGrowth uncertainty_growth;
    std::vector<Standing> standing;
    std::vector<Coefficient> coefficients;
    std::vector<Statistic> statistics;
    Area area;

    /// Highest clock at `vdd` in MHz; 0 when the profile has no law for it.
    [[nodiscard]] double max_mhz(double vdd) const;
    /// What is doubtful about this operating point; throws UserError beyond `limits` and above the
    /// clock that the highest of these voltages allows.
    [[nodiscard]] std::vector<std::string> doubts(const OperatingPoint& point) const;
    /// What is doubtful about its clock alone; empty for nothing. Firmware may set any.
    [[nodiscard]] std::string clock_doubt(const OperatingPoint& point) const;
    /// What the size laws called `names` make of a price; exactly 1 at the reference architecture.
    /// Throws UserError when `now` lacks a size.
    [[nodiscard]] double scale_of(const std::vector<std::string>& names,
                                  const Architecture& now) const;
    /// The sizes of `now` for which the prices were not made.
    [[nodiscard]] std::vector<Extrapolation> extrapolations(const Architecture& now) const;
    /// For a platform with these extrapolations.
    [[nodiscard]] Uncertainty uncertainty_of(const std::vector<Extrapolation>& sizes) const;
    /// Energy of one event, in attojoule (1e-6 pJ), rounded; `scale` by size.
    [[nodiscard]] u64 attojoules(const Coefficient& coefficient, const OperatingPoint& point,
                                 double scale = 1) const;
    /// Energy of one cycle of the cluster clock, in attojoule, rounded; `scale` by size.
    [[nodiscard]] u64 attojoules(const Standing& standing, const OperatingPoint& point,
                                 double scale = 1) const;

private:
    [[nodiscard]] bool is_followed_inside(const std::string& size) const;
    [[nodiscard]] bool follows(const std::vector<std::string>& laws_of_price,
                               const std::string& size) const;
    void require_meaning(const OperatingPoint& point) const;
};

/// Text of the profile that `extends` names.
using ProfileSource = std::function<std::string(const std::string& name)>;

/// Reads a profile; `origin` names the file in messages. Throws UserError with file and key.
[[nodiscard]] Profile parse_profile(const std::string& text, const std::string& origin,
                                    const ProfileSource& base_of);

}  // namespace flexv::energy

// SPDX-License-Identifier: Apache-2.0
// Counters times prices: the one place where events become energy. All sums are integers in
// attojoule, so that a total equals the sum of its parts, be they components, windows or regions,
// to the last digit.
#pragma once

#include "base/units.hpp"
#include "energy/clock_history.hpp"
#include "energy/counters.hpp"
#include "energy/profile.hpp"

#include <array>
#include <string>
#include <vector>

namespace flexv::energy {

struct ComponentEnergy {
    std::string path;
    u64 attojoules = 0;
};

/// What one line of a profile has cost: a coefficient, or power that flows with time.
struct ItemEnergy {
    u64 events = 0;  ///< of all counters that it prices; elapsed cycles for power
    u64 attojoules = 0;
    double scale = 1;  ///< what the laws of size have made of the price; 1 where nothing has it
};

/// What a part of a run has cost. 64 bits hold 18 J, some ten minutes of a busy cluster.
struct Bill {
    u64 total = 0;                            ///< aJ; the sum over `components`
    std::vector<ComponentEnergy> components;  ///< of the cluster
    std::vector<ComponentEnergy> outside;     ///< priced, but in nobody's total: L2 and beyond
    std::array<u64, kKinds> by_kind{};        ///< aJ of `total` by how well the prices are founded
    std::vector<ItemEnergy> items;  ///< coefficients of the profile, then its standing powers
    /// The sum over `components` again, by the block that counted the events, whoever was charged:
    /// a core's fetches stand at the core. Power without an event stays at its component.
    std::vector<ComponentEnergy> by_origin;
};

/// A profile at one operating point, resolved against the sizes and counters of one platform.
class PriceList {
public:
    /// Throws UserError for a price without a counter and for a counter priced twice by one symbol.
    /// The same for a size that its laws need and `architecture` lacks.
    PriceList(const Profile& profile, const OperatingPoint& point, const Architecture& architecture,
              const std::vector<std::string>& counters);

    /// A further clock at which cycles may pass, behind that of the operating point and those that
    /// were added before; `profile` is that of the constructor.
    void add_clock(const Profile& profile, double mhz);

    /// `counts` in the order of the names given to the constructor; `elapsed` cycles have passed,
    /// by clock. Throws UserError for an energy beyond what 64 bits hold.
    [[nodiscard]] Bill price(const Counts& counts, const Elapsed& elapsed) const;
    /// All at the clock of the operating point.
    [[nodiscard]] Bill price(const Counts& counts, Cycles elapsed) const {
        return price(counts, Elapsed{elapsed});
    }

    /// Counters that neither have a price nor are declared to be statistics.
    [[nodiscard]] const std::vector<std::string>& unpriced() const { return unpriced_; }

private:
    struct Line {
        std::size_t item = 0;
        std::size_t counter = 0;  // kElapsed: cycles that have passed
        std::size_t account = 0;
        std::size_t origin = 0;
        std::vector<u64> attojoules;  // an event; of elapsed cycles by clock
        Kind kind = Kind::assumed;
        std::string symbol;
    };
    struct Spent {
        u64 events = 0;
        u64 attojoules = 0;
    };
    struct Account {
        std::string component;
        bool outside = false;
    };

    static constexpr std::size_t kElapsed = ~std::size_t{0};

    void add(const Profile& profile, const Coefficient& coefficient, const OperatingPoint& point,
             const std::vector<std::string>& counters);
    void add(const Profile& profile, const Standing& standing, const OperatingPoint& point,
             unsigned last_cluster);
    void add_line(const Line& line, const std::vector<std::string>& counters);
    std::size_t account(const std::string& component, bool outside);
    std::size_t origin(std::string_view block);
    [[nodiscard]] static Spent spent_on(const Line& line, const Counts& counts,
                                        const Elapsed& elapsed);
    void find_unpriced(const Profile& profile, const std::vector<std::string>& counters);

    std::vector<Line> lines_;
    std::vector<Account> accounts_;
    std::vector<std::string> origins_;
    std::vector<std::string> alike_;  // the counters as if all were of the first cluster
    Architecture architecture_;
    double vdd_ = 0;
    std::vector<double> scales_;  // of each line of the profile
    std::vector<std::string> unpriced_;
};

}  // namespace flexv::energy

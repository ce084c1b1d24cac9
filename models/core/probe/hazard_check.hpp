// SPDX-License-Identifier: Apache-2.0
// Warns about instruction sequences that the real core would get wrong, or that do something else
// than they seem to (docs/spec/isa.md sections 8, 11 and 15). The model executes the architecture;
// this tells the firmware engineer where silicon would not.
#pragma once

#include "core/probe/observer.hpp"

#include <array>
#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace flexv::core {

struct HazardRule {
    std::string_view name;
    std::string_view quirk;   ///< section or number in docs/spec/isa.md
    std::string_view what;    ///< what the core does
    std::string_view remedy;  ///< what the firmware should do
};

/// All rules, for the manual.
[[nodiscard]] std::span<const HazardRule> hazard_rules();

class HazardCheck final : public Observer {
public:
    /// Called once for each rule and pc.
    using Report = std::function<void(Address pc, const HazardRule& rule)>;

    /// `mtvec_is_writable` as in the fabric controller; in the cluster's cores it is not.
    explicit HazardCheck(Report report, bool mtvec_is_writable = false)
        : report_(std::move(report)), mtvec_is_writable_(mtvec_is_writable) {}

    void before(const Execution& execution, isa::Hart& hart) override;
    void after(const Execution& execution, isa::Hart& hart) override;

private:
    enum Rule : unsigned;
    friend std::span<const HazardRule> hazard_rules();

    [[nodiscard]] bool is_of_interest(const Execution& execution) const;
    void warn(Address pc, Rule rule);
    void warn_if(bool condition, const Execution& execution, Rule rule);
    void check_registers(const Execution& execution);
    void check_mac_load(const Execution& execution);
    void check_slices(const Execution& execution, const isa::Hart& hart);
    void check_csr_distance(const Execution& execution, const isa::Hart& hart);
    void check_csr_access(const Execution& execution, const isa::Hart& hart);
    void check_arithmetic(const Execution& execution, const isa::Hart& hart);
    void check_loops(const Execution& execution, const isa::Hart& hart);
    void track_clobbered(const Execution& execution);

    struct RowFacts;
    static std::span<const RowFacts> row_facts();

    Report report_;
    const std::span<const RowFacts> facts_ = row_facts();  ///< [row]
    const bool mtvec_is_writable_;
    std::set<std::pair<Address, unsigned>> reported_;
    u32 clobbered_ = 0;  ///< x registers that hold garbage in hardware
};

}  // namespace flexv::core

// SPDX-License-Identifier: Apache-2.0
// All checks of `--check` together: those that were asked for exist, the others do not.
#pragma once

#include "core/probe/hazard_check.hpp"
#include "platform/checks/dma_check.hpp"
#include "platform/checks/findings.hpp"
#include "platform/checks/options.hpp"
#include "platform/checks/race_check.hpp"
#include "platform/checks/stack_check.hpp"
#include "platform/checks/uninit_check.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class Checks {
public:
    /// Observes what the checks need of `soc`, which is not started yet; `soc` and `image` outlive
    /// it. A strict run ends at its first finding, but for hazards, which are warnings always.
    Checks(const CheckOptions& options, Soc& soc, const ElfImage& image, bool is_strict);

    /// The run is over; `has_exited`: the firmware has ended it.
    void finish(bool has_exited);

    [[nodiscard]] const std::vector<Finding>& findings() const { return findings_.all(); }
    /// "checks races, dma: 2 findings (races 2)"
    [[nodiscard]] std::string summary() const;
    /// Something that is no hazard was found.
    [[nodiscard]] bool found_mistakes() const;

private:
    void check_hazards(core::Core& core, Soc& soc);

    const CheckOptions options_;
    const ElfImage& image_;
    Findings findings_;
    std::vector<std::unique_ptr<core::HazardCheck>> hazards_;
    std::unique_ptr<RaceCheck> races_;
    std::unique_ptr<UninitCheck> uninit_;
    std::unique_ptr<StackCheck> stack_;
    std::unique_ptr<DmaCheck> dma_;
};

}  // namespace flexv::platform

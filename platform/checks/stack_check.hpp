// SPDX-License-Identifier: Apache-2.0
// `--check stack`: tells when a core's stack grows into that of another core, or into data. A stack
// begins where the stack pointer is set to by something else than itself.
#pragma once

#include "platform/checks/findings.hpp"
#include "platform/checks/memory_places.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class StackCheck {
public:
    /// Observes all cores of `soc`, which are not started yet; all outlive it.
    StackCheck(Soc& soc, const ElfImage& image, Findings& findings);
    ~StackCheck();
    StackCheck(const StackCheck&) = delete;
    StackCheck& operator=(const StackCheck&) = delete;

private:
    class CoreObserver;

    /// What a stack must not reach.
    struct Bound {
        Address address = 0;  ///< the lowest that is the stack's own
        std::string what;     ///< lies below it
    };
    [[nodiscard]] Bound bound_of(const CoreObserver& stack) const;
    [[nodiscard]] Bound data_below(Address top) const;
    void look_at(const CoreObserver& stack);
    void began(const CoreObserver& stack);

    Soc& soc_;
    const ElfImage& image_;
    Findings& findings_;
    const MemoryPlaces places_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
};

}  // namespace flexv::platform

// SPDX-License-Identifier: Apache-2.0
// Which instructions of the firmware were executed, and which way its branches went: an observer of
// every core. Exists only for runs with `--coverage`.
#pragma once

#include "core/core.hpp"
#include "core/probe/observer.hpp"
#include "platform/firmware/elf.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class Coverage {
public:
    /// `image` outlives it.
    explicit Coverage(const ElfImage& image);
    ~Coverage();
    Coverage(const Coverage&) = delete;
    Coverage& operator=(const Coverage&) = delete;

    /// From its start on.
    void observe(core::Core& core);

    /// The tracefile of lcov and genhtml: functions, lines and branches of all sources that can be
    /// opened here (all of them when none can), what was not executed included. Throws UserError
    /// for an image without debug information.
    [[nodiscard]] std::string lcov_text() const;

private:
    class CoreObserver;
    class Sources;

    /// One halfword of the image's code.
    struct Place {
        u64 executed = 0;
        u64 taken = 0;  ///< of a branch
    };
    /// Code that stands together.
    struct CodeRange {
        Address begin = 0;
        std::vector<Place> places;
    };

    [[nodiscard]] const Place& at(Address pc) const;

    const ElfImage& image_;
    std::vector<CodeRange> ranges_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
};

}  // namespace flexv::platform

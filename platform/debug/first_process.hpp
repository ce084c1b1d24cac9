// SPDX-License-Identifier: Apache-2.0
// The process that the user has started, when copies of it may take its place. It stays to the end,
// hands on signals and ends with the status of whoever was last; with it all copies end.
#pragma once

#include <array>

namespace flexv::platform {

class FirstProcess {
public:
    /// Called in the first process, before any copy is made.
    FirstProcess();
    ~FirstProcess();
    FirstProcess(const FirstProcess&) = delete;
    FirstProcess& operator=(const FirstProcess&) = delete;

    // In a copy.
    /// Of a copy that has just been made.
    void leave();
    /// Readable when the first process has ended.
    [[nodiscard]] int lifeline() const { return lifeline_[0]; }
    /// The calling process, which is no child of any other copy any more, is to be the program.
    void take_over() const;
    /// Behind take_over(): until the program that was there has given way.
    void wait_for_way() const;

    // In the program that was there.
    /// `process` has taken over. Does not return.
    [[noreturn]] void give_way_to(int process) const;

private:
    [[noreturn]] void stand_in_for(int process) const;
    [[nodiscard]] int latest(int process) const;

    int process_;
    std::array<int, 2> lifeline_{-1, -1};    // nothing is ever written
    std::array<int, 2> successors_{-1, -1};  // their process numbers
    std::array<int, 2> ways_{-1, -1};        // a byte for each that was given
};

}  // namespace flexv::platform

// SPDX-License-Identifier: Apache-2.0
// A place of a block at which instruments look on: checks, traces, waves. They are told in the
// order in which they came, and change nothing; what the hardware itself tells another block is a
// CallPort.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace flexv {

template <typename Signature>
class Probe;

template <typename... Arguments>
class Probe<void(Arguments...)> {
public:
    using Listener = std::function<void(Arguments...)>;

    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    /// From now on; what the listener refers to lives as long as time runs.
    void attach(Listener listener) { listeners_.push_back(std::move(listener)); }
    /// Somebody looks on, so it is worth finding out what to tell.
    [[nodiscard]] bool is_attached() const { return !listeners_.empty(); }
    void operator()(Arguments... arguments) const {
        for (const Listener& listener : listeners_)
            listener(arguments...);
    }

private:
    std::vector<Listener> listeners_;
};

}  // namespace flexv

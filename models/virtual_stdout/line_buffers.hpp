// SPDX-License-Identifier: Apache-2.0
// One line buffer per core, so that cores that print at the same time do not mix their characters.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace flexv::virtual_stdout {

class LineBuffers {
public:
    using Sink = std::function<void(std::string_view text)>;
    using Writer = std::pair<unsigned, unsigned>;  ///< cluster, core

    static constexpr std::size_t kMaxLineBytes = 4096;  ///< a longer line is passed on in pieces

    explicit LineBuffers(Sink sink) : sink_(std::move(sink)) {}

    void put(Writer writer, char character);
    /// Passes on what is incomplete, in the order of the writers; only the last stays without '\n'.
    void flush();
    void clear() { lines_.clear(); }
    void serialize(StateArchive& archive) { archive(lines_); }

private:
    Sink sink_;
    std::map<Writer, std::string> lines_;
};

}  // namespace flexv::virtual_stdout

// SPDX-License-Identifier: Apache-2.0
// Turns the instructions of a hot block into host code. What is translated, and how, is behind this
// header; a build without a back end has the interpreter alone.
#pragma once

#include "base/translate.hpp"
#include "isa/chain.hpp"

#include <memory>
#include <span>

namespace flexv::core::translation {

struct Settings {
    Translate mode = Translate::off;
    /// Times that a block is interpreted first, 1 or more.
    u32 hot_after = 500;

    /// A check misses nothing.
    static constexpr Settings of(Translate mode) {
        Settings settings{.mode = mode};
        if (mode == Translate::check)
            settings.hot_after = 1;
        return settings;
    }
};

/// Instructions behind each other.
struct Instructions {
    std::span<isa::Step> steps;  ///< with one that ends the chain behind the last
    std::span<const isa::Instruction* const> rows;  ///< of each but that last one
    Address pc = 0;                                 ///< of the first, for messages
};

/// Host code that some steps execute. It goes with this object.
class Translation {
public:
    virtual ~Translation() = default;
};

class Translator {
public:
    /// `settings.mode` is not off only when can_translate().
    explicit Translator(const Settings& settings);
    ~Translator();
    Translator(const Translator&) = delete;
    Translator& operator=(const Translator&) = delete;

    [[nodiscard]] const Settings& settings() const { return settings_; }
    /// Makes the first step of every run of instructions that can be translated execute all of the
    /// run. The others stay what they are; `steps` must outlive the result, and not move.
    /// \returns null when there is no such run
    [[nodiscard]] std::unique_ptr<Translation> translate(const Instructions& instructions);

private:
    class BackEnd;

    const Settings settings_;
    std::unique_ptr<BackEnd> back_end_;  // null when off
};

}  // namespace flexv::core::translation

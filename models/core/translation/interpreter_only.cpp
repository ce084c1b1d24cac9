// SPDX-License-Identifier: Apache-2.0
// A build without asmjit, or for a host without a back end: everything is interpreted.
#include "base/error.hpp"
#include "core/translation/translator.hpp"

namespace flexv::core::translation {

class Translator::BackEnd {};

Translator::Translator(const Settings& settings) : settings_(settings) {
    FLEXV_ASSERT(settings.mode == Translate::off, "a build that cannot translate is not asked to");
}

Translator::~Translator() = default;

std::unique_ptr<Translation> Translator::translate(const Instructions& /*instructions*/) {
    return nullptr;
}

}  // namespace flexv::core::translation

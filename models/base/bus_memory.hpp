// SPDX-License-Identifier: Apache-2.0
// The bytes of a memory behind a TLM-2.0 socket: what is refused, what a debugger sees, words that
// fetchers hold decoded. How long an access takes is the business of the block around it.
#pragma once

#include "base/code_words.hpp"
#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "base/zeroed_bytes.hpp"

#include <tlm>

namespace flexv {

class BusMemory {
public:
    explicit BusMemory(u64 size_bytes) : bytes_(size_bytes), code_words_(size_bytes) {}

    [[nodiscard]] u64 size_bytes() const { return bytes_.size(); }
    /// The bus has neither byte enables nor wrapping bursts, so a payload with them is refused.
    [[nodiscard]] tlm::tlm_response_status check(const tlm::tlm_generic_payload& trans) const;
    /// Moves the data of a checked payload. \returns true when a word that somebody holds has
    /// changed, which is then forgotten
    bool move(tlm::tlm_generic_payload& trans) { return move(trans, trans.get_data_length()); }
    /// Moves as much as lies in the memory.
    /// \param has_changed_code as what move() returns
    unsigned debug_access(tlm::tlm_generic_payload& trans, bool& has_changed_code);
    /// Read-only and a word at a time, for whoever decodes instructions: data accesses keep their
    /// timing and their counters, and a write withdraws what it has changed and nothing else.
    bool grant_word(const tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi,
                    const sc_core::sc_time& latency);
    /// The contents.
    void serialize(StateArchive& archive) { archive.memory(bytes_.data(), bytes_.size()); }

private:
    bool move(tlm::tlm_generic_payload& trans, unsigned length);

    ZeroedBytes bytes_;
    CodeWords code_words_;  // somebody holds a pointer to them
};

}  // namespace flexv

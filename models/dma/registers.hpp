// SPDX-License-Identifier: Apache-2.0
// The two registers of every port and the bits of a command's first word, each declared once. What
// an access does is the command unit's, because it may have to wait.
#pragma once

#include "base/register.hpp"
#include "dma/command_unit.hpp"

namespace flexv::dma {

/// First word of a command, docs/spec/cluster.md 6.3.
namespace command_word {
inline constexpr Field length{
    .name = "LEN", .lsb = 0, .width = 17, .doc = "Bytes; 0 means 131072."};
inline constexpr Field receive{.name = "TYPE", .lsb = 17, .doc = "1 to the TCDM, 0 from it."};
inline constexpr Field increment{.name = "INC", .lsb = 18, .doc = "External address counts."};
inline constexpr Field external_lines{
    .name = "2D_EXT", .lsb = 19, .doc = "Two more words: bytes a line, distance of lines."};
inline constexpr Field event{.name = "ELE", .lsb = 20, .doc = "Event line 8 at the end."};
inline constexpr Field interrupt{.name = "ILE", .lsb = 21, .doc = "Interrupt line 9 at the end."};
inline constexpr Field broadcast{.name = "BLE", .lsb = 22, .doc = "To all ports."};
inline constexpr Field tcdm_lines{
    .name = "2D_TCDM", .lsb = 23, .doc = "Two more words, behind those of the external side."};
}  // namespace command_word

/// For the manual page and the C headers; not bound to a socket.
class PortRegisters {
public:
    explicit PortRegisters(Module& module)
        : bank_(module, "port", {.size_bytes = 16}),
          command_(bank_, {.offset = u32(RegisterOffset::command),
                           .name = "CMD",
                           .doc = "A read allocates a transfer id and waits for one; writes push "
                                  "the words of a command: these flags, TCDM address, external "
                                  "address, lines.",
                           .fields = {command_word::length, command_word::receive,
                                      command_word::increment, command_word::external_lines,
                                      command_word::event, command_word::interrupt,
                                      command_word::broadcast, command_word::tcdm_lines},
                           .read_has_effect = true}),
          status_(bank_,
                  {.offset = u32(RegisterOffset::status),
                   .name = "STATUS",
                   .doc = "Ids in flight and ids allocated; a write frees the ids that are written "
                          "as 1.",
                   .fields = {{.name = "ACTIVE", .lsb = 0, .width = 16},
                              {.name = "ALLOCATED", .lsb = 16, .width = 16}}}) {}

    [[nodiscard]] const RegisterBank& bank() const { return bank_; }

private:
    RegisterBank bank_;
    Register command_;
    Register status_;
};

}  // namespace flexv::dma

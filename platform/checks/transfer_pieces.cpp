// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/transfer_pieces.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

struct Position {
    Address address = 0;
    u32 to_line_end = 0;
};

Position position(Address base, const dma::Lines& lines, u32 at) {
    const u32 line = at / lines.count_bytes;
    const u32 inside = at % lines.count_bytes;
    return {.address = base + line * lines.stride_bytes + inside,
            .to_line_end = lines.count_bytes - inside};
}

}  // namespace

std::vector<TransferPiece> pieces_of(const dma::Command& command) {
    std::vector<TransferPiece> pieces;
    for (u32 at = 0; at < command.length_bytes;) {
        const Position tcdm = position(command.tcdm, command.tcdm_lines, at);
        const Position external = position(command.external, command.external_lines, at);
        const u32 bytes =
            std::min({tcdm.to_line_end, external.to_line_end, command.length_bytes - at});
        pieces.push_back({.tcdm = tcdm.address,
                          .external = command.increments ? external.address : command.external,
                          .bytes = bytes});
        at += bytes;
    }
    return pieces;
}

}  // namespace flexv::platform

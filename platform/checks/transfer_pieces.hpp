// SPDX-License-Identifier: Apache-2.0
// Which bytes a DMA command moves: its pieces, each without a gap on both sides.
#pragma once

#include "dma/command.hpp"

#include <vector>

namespace flexv::platform {

struct TransferPiece {
    Address tcdm = 0;  ///< as the command says it; only the bits inside the TCDM count
    Address external = 0;
    u32 bytes = 0;
};

/// In the order of the stream. A fixed external address stays what it is.
[[nodiscard]] std::vector<TransferPiece> pieces_of(const dma::Command& command);

}  // namespace flexv::platform

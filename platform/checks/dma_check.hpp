// SPDX-License-Identifier: Apache-2.0
// `--check dma`: tells when a buffer is touched while a transfer uses it, and when identifiers of
// transfers are freed twice, too early or never.
#pragma once

#include "platform/checks/dma_port.hpp"
#include "platform/checks/findings.hpp"
#include "platform/checks/memory_places.hpp"
#include "platform/checks/transfer_pieces.hpp"
#include "platform/system/soc.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class DmaCheck {
public:
    /// Observes all cores and the DMA of `soc`, which are not started yet. Both outlive it.
    DmaCheck(Soc& soc, Findings& findings);
    ~DmaCheck();
    DmaCheck(const DmaCheck&) = delete;
    DmaCheck& operator=(const DmaCheck&) = delete;

    /// The firmware has ended: what was never freed.
    void finish();

private:
    class Watcher;

    /// Bytes that a transfer reads or writes.
    struct Range {
        Address first = 0;
        u32 bytes = 0;
        bool is_written = false;

        [[nodiscard]] bool meets(Address address, u32 length) const {
            return address - first < bytes || first - address < length;
        }
    };
    struct Transfer {
        unsigned id = 0;
        bool is_receive = false;
        std::vector<Range> ranges;
        Address first = 0;  // of all ranges
        Address last = 0;
        RawSide issuer;
    };

    void begin(const dma::AcceptedCommand& accepted, Cycles now);
    void end(unsigned id);
    void end_those_not_in(u32 active);
    void touch(const RawSide& who, Address address, u32 bytes, bool is_write);
    void allocated(unsigned id, const RawSide& by);
    void freed(u32 mask, const RawSide& by);
    void compare(const Transfer& older, const Transfer& newer);
    [[nodiscard]] static const Range* range_at(const Transfer& transfer, Address address, u32 bytes,
                                               bool is_write);

    Soc& soc_;
    Findings& findings_;
    const MemoryPlaces places_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
    std::vector<Transfer> running_;
    std::array<std::optional<RawSide>, dma::TransferIds::kMaxIds> owners_;
};

}  // namespace flexv::platform

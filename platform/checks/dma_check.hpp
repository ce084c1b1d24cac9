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
    /// Observes all cores and DMAs of `soc`, which are not started yet. Both outlive it.
    DmaCheck(Soc& soc, Findings& findings);
    ~DmaCheck();
    DmaCheck(const DmaCheck&) = delete;
    DmaCheck& operator=(const DmaCheck&) = delete;

    /// The firmware has ended: what was never freed.
    void finish();

private:
    class CoreObserver;
    static constexpr unsigned kIds = dma::TransferIds::kMaxIds;  // of each cluster

    /// Of transfers.
    struct Identifier {
        unsigned cluster = 0;
        unsigned number = 0;

        bool operator==(const Identifier&) const = default;
        [[nodiscard]] std::string text() const;  ///< "3", "3 of cluster1"
    };
    using Owner = std::optional<RawSide>;

    /// Bytes that a transfer reads or writes.
    struct Range {
        Address first = 0;
        u32 bytes = 0;
        bool is_written = false;

        [[nodiscard]] bool overlaps(Address address, u32 length) const {
            return address - first < bytes || first - address < length;
        }
    };
    struct Transfer {
        Identifier id;
        bool is_receive = false;
        std::vector<Range> ranges;
        Address first = 0;  // of all ranges
        Address last = 0;
        RawSide issuer;
    };

    void begin(unsigned cluster, const dma::AcceptedCommand& accepted, Cycles now);
    void end(const Identifier& id);
    void end_those_not_in(unsigned cluster, u32 active);
    void touch(const RawSide& who, Address address, u32 bytes, bool is_write);
    void allocated(const Identifier& id, const RawSide& by);
    void freed(unsigned cluster, u32 mask, const RawSide& by);
    void freed(const Identifier& id, RawSide by);
    void compare(const Transfer& older, const Transfer& newer);
    [[nodiscard]] static const Range* range_at(const Transfer& transfer, Address address, u32 bytes,
                                               bool is_write);

    Soc& soc_;
    Findings& findings_;
    const MemoryPlaces places_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
    std::vector<Transfer> running_;
    std::vector<std::array<Owner, kIds>> owners_;  // [cluster][identifier]
};

}  // namespace flexv::platform

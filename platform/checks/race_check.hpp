// SPDX-License-Identifier: Apache-2.0
// `--check races`: brings what cores, DMA and event unit do before the race detector.
#pragma once

#include "platform/checks/findings.hpp"
#include "platform/checks/memory_places.hpp"
#include "platform/checks/race_detector.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace flexv::platform {

class RaceCheck {
public:
    /// Observes all cores, DMAs and event units of `soc`, which are not started yet. Both outlive
    /// it.
    RaceCheck(Soc& soc, Findings& findings);
    ~RaceCheck();
    RaceCheck(const RaceCheck&) = delete;
    RaceCheck& operator=(const RaceCheck&) = delete;

private:
    class CoreObserver;
    static constexpr unsigned kIds = dma::TransferIds::kMaxIds;  // of each cluster

    /// Two accesses that nothing orders.
    struct Pair {
        RaceDetector::Access later;
        RaceDetector::Access earlier;
    };
    [[nodiscard]] std::optional<Pair> on_memory(const RaceDetector::Access& access);
    void tell(const Pair& pair);
    void listen(Cluster& cluster);
    void begin_transfer(unsigned cluster, const dma::AcceptedCommand& accepted, Cycles now);
    void end_transfer(unsigned cluster, unsigned id);
    /// \returns the first race
    std::optional<Pair> access_words(RaceDetector::Access access, Address first, u32 bytes);
    void transfer_words(const RaceDetector::Access& access, Address first, u32 bytes);
    [[nodiscard]] unsigned agent_of_transfer(unsigned cluster, unsigned id) const {
        return unsigned(observers_.size()) + cluster * kIds + id;
    }
    [[nodiscard]] RawSide side(const RaceDetector::Access& access, bool is_earlier) const;

    Soc& soc_;
    Findings& findings_;
    const MemoryPlaces places_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
    RaceDetector detector_;
    std::set<Address> sync_words_;      // that were reached by test-and-set
    std::vector<u32> running_;          // [cluster], identifiers of transfers that have not ended
    std::vector<std::string> issuers_;  // [cluster * kIds + identifier]
};

}  // namespace flexv::platform

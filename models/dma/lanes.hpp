// SPDX-License-Identifier: Apache-2.0
// The two 32-bit TCDM ports of one direction. They carry the even and the odd words of a stream of
// 64-bit beats; one may run ahead of the other by one beat (spec/timing.md 6).
#pragma once

#include "base/units.hpp"
#include "dma/engine.hpp"

#include <array>
#include <deque>

namespace flexv::dma {

/// Up to 8 bytes inside an aligned 64-bit word of the TCDM.
struct Beat {
    u32 offset = 0;  ///< address in the TCDM, before it wraps
    u32 bytes = 0;
    u8* data = nullptr;     ///< where they are in the burst
    Cycles ready = kNever;  ///< first cycle in which its words may ask for their banks
};

class LanePair {
public:
    class Client {
    public:
        /// Both words of the beat have been granted, the last one in `cycle`. More beats may be
        /// added or released here.
        virtual void beat_done(const Beat& beat, Cycles cycle) = 0;

    protected:
        ~Client() = default;
    };

    static constexpr unsigned kLanes = 2;

    LanePair(Client& client, Surroundings& surroundings)
        : client_(client), surroundings_(surroundings) {}

    /// Appends the beats of a burst; they wait for release().
    void add(OpenBurst& burst);
    /// The beats within the first `stream_bytes` of all ever added may ask from `cycle` on.
    void release(u64 stream_bytes, Cycles cycle);
    /// Asks for the banks of all words that may ask, in `earliest` or later.
    void advance(Cycles earliest);
    void granted(unsigned lane, Cycles now);

    [[nodiscard]] bool is_asking(unsigned lane) const { return lanes_[lane].is_asking; }
    [[nodiscard]] bool is_idle() const { return beats_.empty(); }
    void clear();

private:
    struct Lane {
        u64 next = 0;  // index of the beat it works on
        bool is_asking = false;
        Cycles asked_at = 0;
    };
    struct Word {
        u32 offset = 0;
        u32 bytes = 0;
        u8* data = nullptr;
    };

    [[nodiscard]] Beat& beat(u64 index) { return beats_[index - first_]; }
    [[nodiscard]] static Word word_of(const Beat& beat, unsigned lane);
    bool advance_lane(unsigned lane, Cycles earliest);
    void retire(Cycles now);

    Client& client_;
    Surroundings& surroundings_;
    std::array<Lane, kLanes> lanes_{};
    std::deque<Beat> beats_;
    u64 first_ = 0;           // index of beats_.front()
    u64 released_ = 0;        // index of the first beat that is not released
    u64 released_bytes_ = 0;  // stream position of that beat
};

}  // namespace flexv::dma

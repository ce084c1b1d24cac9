// SPDX-License-Identifier: Apache-2.0
// For tests in which exceptions are thrown behind sc_start().
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace flexv::test {

/// Coroutines of SystemC have switched stacks without telling AddressSanitizer, so it leaves the
/// frames marked that an exception has unwound. Called behind each exception.
[[gnu::noinline]] inline void forget_unwound_frames() {
#if defined(__SANITIZE_ADDRESS__)
    constexpr unsigned kDeepest = 64 * 1024;
    const char* const frame = static_cast<const char*>(__builtin_frame_address(0));
    __asan_unpoison_memory_region(frame - kDeepest, kDeepest);
#endif
}

}  // namespace flexv::test

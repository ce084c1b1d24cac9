// SPDX-License-Identifier: Apache-2.0
// SystemC does not unwind threads that still wait when a simulation ends: what stands on their
// stacks is lost then, and no fault of those who put it there.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
    return "leak:tlm::tlm_generic_payload::tlm_generic_payload\n"
           "leak:flexv::test::TlmChecker::b_transport\n";
}

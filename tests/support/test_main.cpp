// SPDX-License-Identifier: Apache-2.0
// The one main of all test programs: SystemC owns main(), so the Catch2 session runs in sc_main.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <systemc>

int sc_main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
// Nothing but the owner of the headers that the test programs precompile.

// SPDX-License-Identifier: GPL-2.0
/* The test module: all suites. */
#include <kunit/test.h>
#include <linux/module.h>
#include "suites.h"

kunit_test_suites(&hvring_ring_suite, &hvring_ring_fault_suite,
		  &hvring_signal_suite, &hvring_packet_suite,
		  &hvring_channel_suite, &hvring_send_suite,
		  &hvring_full_suite, &hvring_receive_suite,
		  &hvring_budget_suite, &hvring_violation_suite,
		  &hvscsi_outcome_suite, &hvscsi_answer_suite,
		  &hvscsi_queues_suite, &hvscsi_pages_suite,
		  &hvscsi_request_suite, &hvscsi_topology_suite,
		  &hvscsi_knock_suite, &hvscsi_traits_suite);

MODULE_DESCRIPTION("KUnit tests of hvring and hvscsi");
MODULE_AUTHOR("hvscsi developers");
MODULE_LICENSE("GPL");

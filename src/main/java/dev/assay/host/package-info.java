/**
 * What a host itself counts beside the work: its NICs, read from sysfs without privileges. Nothing here judges, and what
 * cannot be read is absent with its reason, never zero.
 */
package dev.assay.host;

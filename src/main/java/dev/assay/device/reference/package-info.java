/** The device contract in plain Java: small, exact, slow. */
package dev.assay.device.reference;

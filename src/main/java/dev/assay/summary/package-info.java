/** The page a person signs, {@code verdict.json}, the screen, the ledger of attempts, the manifest, the gate. */
package dev.assay.summary;

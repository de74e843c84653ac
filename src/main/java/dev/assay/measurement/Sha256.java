package dev.assay.measurement;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that seals a result file. */
final class Sha256 {
    private Sha256() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}

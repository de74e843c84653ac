package dev.assay.worker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both sides prove that they know the run's secret without saying it: each answers the other's fresh challenge by
 * HMAC-SHA256 over its role, the launch, the rank and both challenges.
 */
final class Handshake {
    private static final int CHALLENGE_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int MAGIC = 0x41535331;

    private final byte[] secret;
    private final String launch;

    /** @param launch run and launch, so that a proof is worth nothing elsewhere */
    Handshake(byte[] secret, String launch) {
        this.secret = secret.clone();
        this.launch = launch;
    }

    /** The hub's side; answers the rank that has proved itself. */
    int accept(DataInputStream in, DataOutputStream out) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("a stranger that does not speak our protocol");
        }
        int rank = in.readInt();
        byte[] theirs = readExactly(in, CHALLENGE_BYTES);
        byte[] ours = challenge();
        out.write(ours);
        out.flush();
        requireProof(readExactly(in, PROOF_BYTES), proof("rank", rank, theirs, ours));
        out.write(proof("hub", rank, theirs, ours));
        out.flush();
        return rank;
    }

    /** A rank's side. */
    void introduce(int rank, DataInputStream in, DataOutputStream out) throws IOException {
        byte[] ours = challenge();
        out.writeInt(MAGIC);
        out.writeInt(rank);
        out.write(ours);
        out.flush();
        byte[] theirs = readExactly(in, CHALLENGE_BYTES);
        out.write(proof("rank", rank, ours, theirs));
        out.flush();
        requireProof(readExactly(in, PROOF_BYTES), proof("hub", rank, ours, theirs));
    }

    private byte[] proof(String role, int rank, byte[] ofRank, byte[] ofHub) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] about = (role + "\n" + launch + "\n").getBytes(StandardCharsets.UTF_8);
            mac.update(about);
            mac.update(ByteBuffer.allocate(4).putInt(rank).array());
            mac.update(ofRank);
            return mac.doFinal(ofHub);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform must have HmacSHA256", e);
        }
    }

    private static byte[] challenge() {
        byte[] challenge = new byte[CHALLENGE_BYTES];
        new SecureRandom().nextBytes(challenge);
        return challenge;
    }

    private static byte[] readExactly(DataInputStream in, int bytes) throws IOException {
        byte[] read = new byte[bytes];
        in.readFully(read);
        return read;
    }

    private static void requireProof(byte[] found, byte[] expected) throws IOException {
        if (!MessageDigest.isEqual(found, expected)) {
            throw new IOException("the other side does not know this run's secret");
        }
    }
}

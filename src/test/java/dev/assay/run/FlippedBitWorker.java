package dev.assay.run;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import java.time.Duration;

/**
 * A worker whose device reads, sums and digests well, but flips a bit in what its GEMMs write: the lowest of an element in the
 * middle of C, after every multiplication, hot and cold alike. No bound on rounding finds that; only other GPUs' bits do.
 */
public final class FlippedBitWorker {
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private FlippedBitWorker() {}

    public static void main(String[] arguments) {
        RankEnvironment environment = RankEnvironment.fromEnvironment(System.getenv());
        System.exit(Worker.run(environment, (spec, rank) -> flipping(DeviceFactory.real(spec, rank))));
    }

    static Device flipping(Device device) {
        return Intercepted.of(
                Device.class,
                device,
                (method, arguments, result) -> method.equals("newGemm") ? flipping((GemmRunner) result) : result);
    }

    private static GemmRunner flipping(GemmRunner runner) {
        return Intercepted.of(GemmRunner.class, runner, (method, arguments, result) -> {
            if (method.equals("enqueue")) {
                ((Stream) arguments[3]).synchronize(DEADLINE);
                flip((DeviceMemory) arguments[2]);
            }
            return result;
        });
    }

    /** Elements of up to 8 bytes, the lowest byte first. */
    private static void flip(DeviceMemory product) {
        DeviceMemory element = product.slice(product.bytes() / 16 * 8, 1);
        byte[] lowest = element.read();
        lowest[0] ^= 1;
        element.write(lowest);
    }
}

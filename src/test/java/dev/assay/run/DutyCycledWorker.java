package dev.assay.run;

import dev.assay.device.Device;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * A worker that lets its GPU rest between GEMMs while it is watched: it multiplies for half a second, waits until nothing is left
 * to do, then rests for half a second. Its telemetry goes on in a thread of its own, so that what is seen is a load that pauses
 * and no watcher that slept.
 */
public final class DutyCycledWorker {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    static final long HALF_NANOS = 500_000_000;

    private DutyCycledWorker() {}

    public static void main(String[] arguments) {
        RankEnvironment environment = RankEnvironment.fromEnvironment(System.getenv());
        System.exit(Worker.run(
                environment,
                (spec, rank) -> pausing(DeviceFactory.real(spec, rank), System::nanoTime, DutyCycledWorker::rest)));
    }

    /**
     * @param clock nanoseconds
     * @param rest waits for so many nanoseconds
     */
    static Device pausing(Device device, LongSupplier clock, LongConsumer rest) {
        AtomicBoolean watched = new AtomicBoolean();
        return Intercepted.of(Device.class, device, (method, arguments, result) -> switch (method) {
            case "newTelemetry" -> watching((Telemetry) result, watched);
            case "newGemm" -> pausing((GemmRunner) result, watched, clock, rest);
            default -> result;
        });
    }

    private static Telemetry watching(Telemetry telemetry, AtomicBoolean watched) {
        return Intercepted.of(Telemetry.class, telemetry, (method, arguments, result) -> {
            if (method.equals("begin") || method.equals("end")) {
                watched.set(method.equals("begin"));
            }
            return result;
        });
    }

    private static GemmRunner pausing(GemmRunner runner, AtomicBoolean watched, LongSupplier clock, LongConsumer rest) {
        long[] began = {clock.getAsLong()};
        return Intercepted.of(GemmRunner.class, runner, (method, arguments, result) -> {
            if (method.equals("enqueue") && watched.get() && clock.getAsLong() - began[0] >= HALF_NANOS) {
                ((Stream) arguments[3]).synchronize(DEADLINE);
                rest.accept(HALF_NANOS);
                began[0] = clock.getAsLong();
            }
            return result;
        });
    }

    private static void rest(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

package dev.assay.run;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.plan.PairRounds;
import dev.assay.plan.Spec;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A worker on a fabric of known speed: every all-reduce takes a while, longer than what busy cores add, and {@code FAULT_SLOW},
 * a node or two of them with a comma between, gets 70 % of the others' rate; or a worker whose node, {@code FAULT_GONE}, has
 * lost its GPU.
 */
public final class LateWorker {
    private static final Duration USUAL = Duration.ofMillis(80);
    private static final double SLOW_SHARE = 0.7;

    private LateWorker() {}

    public static void main(String[] arguments) {
        Map<String, String> variables = System.getenv();
        String node = variables.getOrDefault("ASSAY_NODE", "");
        List<String> slow = List.of(variables.getOrDefault("FAULT_SLOW", "").split(","));
        boolean gone = variables.getOrDefault("FAULT_GONE", "").equals(node);
        RankEnvironment environment = RankEnvironment.fromEnvironment(variables);
        System.exit(Worker.run(environment, (spec, rank) -> {
            if (gone) {
                throw new DeviceException("opening GPU 0: the driver shows this process 0 GPUs");
            }
            Iterator<String> partners = partners(spec, node).iterator();
            return late(
                    DeviceFactory.real(spec, rank),
                    () -> partners.hasNext() && isSlow(slow, node, partners.next()) ? slower() : USUAL);
        }));
    }

    /** What the next communicator's all-reduces take longer. */
    private interface Delays {
        Duration next();
    }

    static boolean isSlow(List<String> slow, String node, String partner) {
        return slow.size() == 1 ? slow.contains(node) : slow.contains(node) && slow.contains(partner);
    }

    private static Duration slower() {
        return Duration.ofNanos(Math.round(USUAL.toNanos() / SLOW_SHARE));
    }

    /** Whom a node meets, in turn. */
    static List<String> partners(Spec spec, String node) {
        if (spec.workload() instanceof NodePair) {
            return PairRounds.all(spec.nodes()).stream()
                    .flatMap(round -> round.stream().flatMap(pair -> other(pair.a(), pair.b(), node)))
                    .toList();
        }
        if (spec.workload() instanceof NodePairRetest retest) {
            return retest.rounds().stream()
                    .flatMap(round -> round.meetings().stream().flatMap(pair -> other(pair.a(), pair.b(), node)))
                    .toList();
        }
        return List.of();
    }

    private static Stream<String> other(String a, String b, String node) {
        return (a.equals(node) ? Optional.of(b) : b.equals(node) ? Optional.of(a) : Optional.<String>empty()).stream();
    }

    private static Device late(Device device, Delays delays) {
        return proxy(
                Device.class,
                device,
                method -> {},
                result -> result instanceof Communicator communicator ? late(communicator, delays.next()) : result);
    }

    private static Communicator late(Communicator communicator, Duration delay) {
        return proxy(
                Communicator.class,
                communicator,
                method -> {
                    if (method.equals("allReduceSum")) {
                        await(delay);
                    }
                },
                result -> result);
    }

    private static void await(Duration delay) {
        long end = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static <T> T proxy(Class<T> type, T target, Consumer<String> before, UnaryOperator<Object> after) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                before.accept(method.getName());
                return after.apply(method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}

package dev.assay.device.cuda;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Foreign processes over several looks. One thread at a time. */
final class Visitors {
    private final Supplier<GpuReading<List<Integer>>> processes;
    private List<Integer> most = List.of();
    private Optional<String> refusal = Optional.empty();

    Visitors(Supplier<GpuReading<List<Integer>>> processes) {
        this.processes = processes;
    }

    void look() {
        processes
                .get()
                .fold(
                        found -> most = found.size() > most.size() ? found : most,
                        reason -> refusal = refusal.or(() -> Optional.of(reason)));
    }

    /** The most that were there at once. Nobody seen is nobody there only where every look could tell. */
    GpuReading<List<Integer>> most() {
        return most.isEmpty() && refusal.isPresent() ? GpuReading.refused(refusal.get()) : GpuReading.of(most);
    }
}

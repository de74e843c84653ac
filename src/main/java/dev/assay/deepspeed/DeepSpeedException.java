package dev.assay.deepspeed;

import dev.assay.cluster.InputException;
import java.util.List;
import java.util.stream.Collectors;

/** A DeepSpeed file that cannot be used: all that was found wrong with it, each with its four parts. */
public final class DeepSpeedException extends InputException {
    private static final long serialVersionUID = 1;

    DeepSpeedException(List<InputException> problems) {
        super(problems.stream().map(InputException::getMessage).collect(Collectors.joining("\n")));
    }
}

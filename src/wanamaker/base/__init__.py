"""The ground floor: frames, ragged arrays, storage, parameters, progress, errors."""

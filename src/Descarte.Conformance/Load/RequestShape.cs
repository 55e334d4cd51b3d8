namespace Descarte.Conformance.Load;

/// <summary>In how many pieces a client sends its request and reads the response, with a pause between them (<see cref="LoadOptions.Hold"/>).</summary>
public enum RequestShape
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>Connects and is silent for a while before the request. A connection that was closed meanwhile carries none.</summary>
    Silent,

    /// <summary>Half the head (in HTTP/2 half of the frame that holds it), later the rest.</summary>
    HalfHead,

    /// <summary>The head and half the body, later the rest.</summary>
    HalfBody,

    /// <summary>Half the response's body is read, later the rest. HTTP/1.1 only: in HTTP/2 a client reads on for its other streams.</summary>
    HalfRead,
}

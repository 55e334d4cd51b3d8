namespace Descarte.Conformance.Subjects;

/// <summary>The subject, or what was asked of it, cannot be tested; the message is for the user and says what to do.</summary>
public sealed class SubjectException(string message) : Exception(message);

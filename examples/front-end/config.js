// The address of the Kennisplein that this website reads from.
export const KENNISPLEIN = "http://127.0.0.1:8000";

int godwit_shim_placeholder(void);

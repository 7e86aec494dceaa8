print("vestige")
